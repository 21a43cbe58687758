"""What a desktop expects of an application: tray, notifications, lock, start with the session."""
