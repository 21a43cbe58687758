"""What is left of a database that was damaged: found page by page, without the database's own help.

page_cipher      one encrypted page, and whether it is as we wrote it
write_ahead_log  the log beside the file: which page versions are committed, and whether some were lost
page_file        file and log together: the newest sound version of each page
b_tree           rows in the pages
tables           which row belongs to which table
rescue           the rows of each table, and whether those are all
repair           a new database out of them, with a snapshot for the rest
"""
