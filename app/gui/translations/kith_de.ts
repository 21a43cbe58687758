<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>AboutPage</name>
    <message>
        <source>About Kith</source>
        <translation>Über Kith</translation>
    </message>
    <message>
        <source>Kith is free software under the GNU General Public License, version 3 or later, without warranty.</source>
        <translation>Kith ist freie Software unter der GNU General Public License, Version 3 oder neuer, ohne Gewähr.</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Made with</source>
        <translation>Gemacht mit</translation>
    </message>
    <message>
        <source>Private conversations from computer to computer, without a server. No independent audit has been made yet: do not stake your safety on it.</source>
        <translation>Private Gespräche von Computer zu Computer, ohne Server. Eine unabhängige Prüfung gab es noch nicht: Verlass dich nicht mit deiner Sicherheit darauf.</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>Version {version}</translation>
    </message>
</context>
<context>
    <name>AccessPage</name>
    <message>
        <source>A passphrase opens this profile, on any computer.</source>
        <translation>Eine Passphrase öffnet dieses Profil, auf jedem Computer.</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>Passphrase ändern</translation>
    </message>
    <message>
        <source>Kith then opens without a passphrase for whoever is logged in as you on this computer.</source>
        <translation>Kith öffnet sich dann ohne Frage für jeden, der an diesem Computer in deiner Sitzung angemeldet ist.</translation>
    </message>
    <message>
        <source>Only the system&apos;s keyring opens this profile: without it, on another computer, nothing does.</source>
        <translation>Nur der Schlüsselbund des Systems öffnet dieses Profil: Ohne ihn, auf einem anderen Computer, öffnet es nichts.</translation>
    </message>
    <message>
        <source>Open Kith with the system&apos;s keyring, too</source>
        <translation>Auch der Schlüsselbund des Systems öffnet Kith</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Passphrase</translation>
    </message>
    <message>
        <source>Set a passphrase</source>
        <translation>Passphrase festlegen</translation>
    </message>
    <message>
        <source>The passphrase was changed.</source>
        <translation>Die Passphrase ist geändert.</translation>
    </message>
</context>
<context>
    <name>AddContactDialog</name>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add a contact</source>
        <translation>Kontakt hinzufügen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Or paste the link: kith:…</source>
        <translation>Oder füge den Link ein: kith:…</translation>
    </message>
    <message>
        <source>This is an invite. Give the person a name if you like, then choose Add.</source>
        <translation>Das ist eine Einladung. Gib der Person einen Namen, wenn du magst, und wähle dann Hinzufügen.</translation>
    </message>
    <message>
        <source>Your name for them (they tell their own, too)</source>
        <translation>Dein Name für die Person (ihren nennt sie selbst)</translation>
    </message>
</context>
<context>
    <name>Ages</name>
    <message numerus="yes">
        <source>%n days ago</source>
        <translation>
            <numerusform>vor %n Tag</numerusform>
            <numerusform>vor %n Tagen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hours ago</source>
        <translation>
            <numerusform>vor %n Stunde</numerusform>
            <numerusform>vor %n Stunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minutes ago</source>
        <translation>
            <numerusform>vor %n Minute</numerusform>
            <numerusform>vor %n Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n years ago</source>
        <translation>
            <numerusform>vor %n Jahr</numerusform>
            <numerusform>vor %n Jahren</numerusform>
        </translation>
    </message>
    <message>
        <source>less than a minute ago</source>
        <translation>vor weniger als einer Minute</translation>
    </message>
</context>
<context>
    <name>AppearancePage</name>
    <message>
        <source>A new language applies from the next start.</source>
        <translation>Eine andere Sprache gilt ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>Textgröße</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
</context>
<context>
    <name>CameraDialog</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Hold the code in front of the camera</source>
        <translation>Halte den Code vor die Kamera</translation>
    </message>
    <message>
        <source>The camera gives no picture. Another program may use it, or Kith may not be allowed to.</source>
        <translation>Die Kamera liefert kein Bild. Vielleicht benutzt sie ein anderes Programm, oder Kith darf es nicht.</translation>
    </message>
</context>
<context>
    <name>CameraView</name>
    <message>
        <source>Picture of the camera</source>
        <translation>Bild der Kamera</translation>
    </message>
</context>
<context>
    <name>ChatHeader</name>
    <message>
        <source>About this contact</source>
        <translation>Über diesen Kontakt</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>Bestätigt</translation>
    </message>
    <message>
        <source>Verified: you compared digits with this person</source>
        <translation>Bestätigt: Du hast Ziffern mit dieser Person verglichen</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>Messages are encrypted from this computer to theirs. Nobody in between can read them.</source>
        <translation>Nachrichten sind von deinem Computer bis zum anderen verschlüsselt. Niemand dazwischen kann sie lesen.</translation>
    </message>
    <message>
        <source>Say hello to {name}</source>
        <translation>Sag Hallo zu {name}</translation>
    </message>
    <message>
        <source>The first connection is still to come. What you write now waits, and goes out by itself.</source>
        <translation>Die erste Verbindung steht noch aus. Was du jetzt schreibst, wartet und geht dann von selbst hinaus.</translation>
    </message>
    <message>
        <source>Waits for {name} to come online</source>
        <translation>Wartet, bis {name} online ist</translation>
    </message>
</context>
<context>
    <name>CheckDigitsDialog</name>
    <message>
        <source>Does the other screen show {digits}?</source>
        <translation>Zeigt der andere Bildschirm {digits}?</translation>
    </message>
    <message>
        <source>Look for yourself: only the same digits prove who it is.</source>
        <translation>Sieh selbst nach: Nur dieselben Ziffern beweisen, wer es ist.</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>Yes, the same</source>
        <translation>Ja, dieselben</translation>
    </message>
    <message>
        <source>{name} used your invite</source>
        <translation>{name} hat deine Einladung benutzt</translation>
    </message>
</context>
<context>
    <name>ChoicesPage</name>
    <message>
        <source>The command line decides this while Kith runs.</source>
        <translation>Das entscheidet die Kommandozeile, solange Kith läuft.</translation>
    </message>
</context>
<context>
    <name>CodeDrop</name>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Choose a picture</source>
        <translation>Bild wählen</translation>
    </message>
    <message>
        <source>Choose a picture of the code</source>
        <translation>Wähle ein Bild des Codes</translation>
    </message>
    <message>
        <source>Drop a picture of the code here</source>
        <translation>Zieh ein Bild des Codes hierher</translation>
    </message>
    <message>
        <source>From the clipboard</source>
        <translation>Aus der Zwischenablage</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Reading the picture …</source>
        <translation>Das Bild wird gelesen …</translation>
    </message>
</context>
<context>
    <name>CodeProblem</name>
    <message>
        <source>Kith loads nothing from the web. Save the picture first, then choose the file.</source>
        <translation>Kith lädt nichts aus dem Netz. Speichere erst das Bild, dann wähle die Datei.</translation>
    </message>
    <message>
        <source>Neither a picture nor a link was copied. Copy one and try again.</source>
        <translation>Es ist weder ein Bild noch ein Link kopiert. Kopiere eines davon und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>The code in this picture cannot be made out. Take a sharper one, or ask for the link.</source>
        <translation>Der Code in diesem Bild ist nicht zu erkennen. Nimm ein schärferes, oder bitte um den Link.</translation>
    </message>
    <message>
        <source>There are several codes in this picture. Cut out the one that you want.</source>
        <translation>In diesem Bild sind mehrere Codes. Schneide den aus, den du meinst.</translation>
    </message>
    <message>
        <source>There is no QR code in this picture. Take one that shows the whole code.</source>
        <translation>In diesem Bild ist kein QR-Code. Nimm eines, das den ganzen Code zeigt.</translation>
    </message>
    <message>
        <source>These are several files. Choose one picture.</source>
        <translation>Das sind mehrere Dateien. Wähle ein einziges Bild.</translation>
    </message>
    <message>
        <source>This code was not made by Kith. Ask for the code that Kith shows.</source>
        <translation>Dieser Code stammt nicht von Kith. Bitte um den Code, den Kith anzeigt.</translation>
    </message>
    <message>
        <source>This file cannot be read. Copy it to your own folder and try again.</source>
        <translation>Diese Datei lässt sich nicht lesen. Kopiere sie in deinen eigenen Ordner und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>This is a safety number, which adds nobody. Ask for the code of an invite.</source>
        <translation>Das ist eine Sicherheitsnummer; sie fügt niemanden hinzu. Bitte um den Code einer Einladung.</translation>
    </message>
    <message>
        <source>This is an invite. Ask for the code beside the safety number.</source>
        <translation>Das ist eine Einladung. Bitte um den Code neben der Sicherheitsnummer.</translation>
    </message>
    <message>
        <source>This is not a picture that Kith can read. Save it as PNG or JPEG.</source>
        <translation>Das ist kein Bild, das Kith lesen kann. Speichere es als PNG oder JPEG.</translation>
    </message>
    <message>
        <source>This picture is too large. Cut out the part with the code.</source>
        <translation>Dieses Bild ist zu groß. Schneide den Teil mit dem Code aus.</translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message>
        <source>Both of you see the same number if nobody is between you. Compare it by voice or side by side, or let Kith read the code on the other screen.</source>
        <translation>Ihr seht beide dieselbe Nummer, wenn niemand zwischen euch ist. Vergleicht sie am Telefon oder nebeneinander, oder lass Kith den Code auf dem anderen Bildschirm lesen.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Compare with {name}</source>
        <translation>Mit {name} vergleichen</translation>
    </message>
    <message>
        <source>Mark as not verified</source>
        <translation>Bestätigung zurücknehmen</translation>
    </message>
    <message>
        <source>QR code of the safety number</source>
        <translation>QR-Code der Sicherheitsnummer</translation>
    </message>
    <message>
        <source>Safety number: {digits}</source>
        <translation>Sicherheitsnummer: {digits}</translation>
    </message>
    <message>
        <source>The numbers are NOT the same. Make sure that this is the code of {name}. If it is, somebody may be between you: write nothing secret here before you have found out why.</source>
        <translation>Die Nummern sind NICHT gleich. Prüfe, ob das wirklich der Code von {name} ist. Wenn ja, ist vielleicht jemand zwischen euch: Schreib hier nichts Geheimes, bevor du weißt, warum.</translation>
    </message>
    <message>
        <source>The numbers are the same: this is {name}.</source>
        <translation>Die Nummern sind gleich: Das ist {name}.</translation>
    </message>
    <message>
        <source>The session with {name} was made anew, and nobody has vouched for it. Compare these digits by voice or side by side. If they are the same, it is {name}, and what waits goes out.</source>
        <translation>Die Sitzung mit {name} ist neu, und niemand hat für sie gebürgt. Vergleicht diese Ziffern am Telefon oder nebeneinander. Sind sie gleich, ist es {name}, und was wartet, geht hinaus.</translation>
    </message>
    <message>
        <source>They are the same</source>
        <translation>Sie sind gleich</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Emoji</source>
        <translation>Emoji</translation>
    </message>
    <message>
        <source>Message {name}</source>
        <translation>Nachricht an {name}</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
</context>
<context>
    <name>ConfirmDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>ConnectionsPage</name>
    <message>
        <source>Ask STUN servers for this computer&apos;s address</source>
        <translation>STUN-Server nach der Adresse dieses Computers fragen</translation>
    </message>
    <message>
        <source>Ask the router for an open port</source>
        <translation>Den Router um einen offenen Port bitten</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Find contacts across the internet</source>
        <translation>Kontakte über das Internet finden</translation>
    </message>
    <message>
        <source>Find contacts on the local network</source>
        <translation>Kontakte im lokalen Netz finden</translation>
    </message>
    <message>
        <source>Kith announces itself on networks that you join, under a name that changes and that only your contacts can tell. Others there see that somebody uses Kith. Switched off, contacts near by are found by their last addresses only.</source>
        <translation>Kith meldet sich in Netzen, denen du beitrittst, unter einem wechselnden Namen, den nur deine Kontakte deuten können. Andere dort sehen, dass jemand Kith benutzt. Ausgeschaltet werden Kontakte in der Nähe nur über ihre letzten Adressen gefunden.</translation>
    </message>
    <message>
        <source>Kith has the router of your network lead one of its ports to this computer (UPnP, NAT-PMP), so that contacts far away can connect. Whoever runs the router sees that it was asked. Switched off, some of them may be reached by more roundabout ways only.</source>
        <translation>Kith lässt den Router deines Netzes einen seiner Ports an diesen Computer leiten (UPnP, NAT-PMP), damit entfernte Kontakte sich verbinden können. Wer den Router betreibt, sieht, dass er gefragt wurde. Ausgeschaltet sind manche von ihnen nur auf Umwegen zu erreichen.</translation>
    </message>
    <message>
        <source>Kith reaches contacts in the networks that this computer is in, and sends nothing to anybody beyond them. What is below the local network is off then.</source>
        <translation>Kith erreicht Kontakte in den Netzen, in denen dieser Computer ist, und sendet niemandem darüber hinaus etwas. Was unter dem lokalen Netz steht, ist dann aus.</translation>
    </message>
    <message>
        <source>Kith takes part in the BitTorrent DHT: your contacts find you there by small encrypted records. Its nodes see your computer&apos;s address, and that it takes part. Switched off, contacts far away are found by their last addresses only.</source>
        <translation>Kith nimmt an der DHT von BitTorrent teil: Dort finden dich deine Kontakte über kleine verschlüsselte Einträge. Ihre Knoten sehen die Adresse deines Computers und dass er teilnimmt. Ausgeschaltet werden entfernte Kontakte nur unter ihren letzten Adressen gefunden.</translation>
    </message>
    <message>
        <source>Let contacts help contacts to connect</source>
        <translation>Kontakte einander finden helfen lassen</translation>
    </message>
    <message>
        <source>Messages are encrypted whichever way they go. A way shows at most that you talk, when, and from where.</source>
        <translation>Nachrichten sind auf jedem Weg verschlüsselt. Ein Weg zeigt höchstens, dass, wann und von wo du sprichst.</translation>
    </message>
    <message>
        <source>Reach contacts through relays</source>
        <translation>Kontakte über Relays erreichen</translation>
    </message>
    <message>
        <source>Stay on the local network</source>
        <translation>Im lokalen Netz bleiben</translation>
    </message>
    <message>
        <source>Where contacts and the DHT have not told it, Kith asks servers of Cloudflare, Nextcloud and Google under which address this computer is seen. Each sees that address and nothing else. Switched off, some contacts behind other routers may not be reached.</source>
        <translation>Wo Kontakte und die DHT sie nicht gesagt haben, fragt Kith Server von Cloudflare, Nextcloud und Google, unter welcher Adresse sie diesen Computer sehen. Jeder sieht diese Adresse und sonst nichts. Ausgeschaltet sind manche Kontakte hinter anderen Routern vielleicht nicht zu erreichen.</translation>
    </message>
    <message>
        <source>Where there is no other way, what you and a contact send goes through a server that one of you has named (TURN). It sees both addresses, when you talk and how much, and cannot read it. Switched off, some contacts may not be reached.</source>
        <translation>Wo es keinen anderen Weg gibt, geht, was du und ein Kontakt sendet, über einen Server, den einer von euch genannt hat (TURN). Er sieht beide Adressen, wann ihr sprecht und wie viel, und kann es nicht lesen. Ausgeschaltet sind manche Kontakte vielleicht nicht zu erreichen.</translation>
    </message>
    <message>
        <source>Where you and a contact do not reach each other, Kith asks up to four others who are online to bring it an encrypted signal, and does the same for your contacts. Who knows you both learns that you look for each other, and when; nobody between can read the signal. Switched off, Kith neither asks nor helps, and takes nothing that comes this way.</source>
        <translation>Wo du und ein Kontakt einander nicht erreichen, bittet Kith bis zu vier andere, die online sind, ihm ein verschlüsseltes Signal zu bringen, und tut dasselbe für deine Kontakte. Wer euch beide kennt, erfährt, dass ihr einander sucht, und wann; lesen kann das Signal niemand dazwischen. Ausgeschaltet bittet Kith niemanden, hilft niemandem und nimmt nichts, was auf diesem Weg kommt.</translation>
    </message>
</context>
<context>
    <name>ContactSheet</name>
    <message>
        <source>Block</source>
        <translation>Blockieren</translation>
    </message>
    <message>
        <source>Block {name}?</source>
        <translation>{name} blockieren?</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Compare digits</source>
        <translation>Ziffern vergleichen</translation>
    </message>
    <message>
        <source>Contact since {date}</source>
        <translation>Kontakt seit {date}</translation>
    </message>
    <message>
        <source>ID {id}</source>
        <translation>Kennung {id}</translation>
    </message>
    <message>
        <source>Kith then answers them with silence: they cannot reach you or see that you are there, and are not told. What waits for them is given up. You can unblock them here at any time.</source>
        <translation>Kith schweigt dann: Die Person erreicht dich nicht, sieht nicht, dass du da bist, und erfährt nichts davon. Was auf sie wartet, wird aufgegeben. Du kannst sie hier jederzeit wieder freigeben.</translation>
    </message>
    <message>
        <source>Last connected {date}</source>
        <translation>Zuletzt verbunden {date}</translation>
    </message>
    <message>
        <source>Muted until {date}</source>
        <translation>Stumm bis {date}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>No notifications from this contact</source>
        <translation>Keine Mitteilungen von diesem Kontakt</translation>
    </message>
    <message>
        <source>Not verified: the invite alone does not prove who this is.</source>
        <translation>Nicht bestätigt: Die Einladung allein beweist nicht, wer das ist.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation>{name} entfernen?</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Safety number</source>
        <translation>Sicherheitsnummer</translation>
    </message>
    <message>
        <source>The contact and all messages of this conversation are deleted from this computer, and nobody can bring them back. They are not told, and keep their copy. To talk again you need a new invite.</source>
        <translation>Der Kontakt und alle Nachrichten dieser Unterhaltung werden von diesem Computer gelöscht, und niemand kann sie zurückholen. Die andere Seite erfährt nichts davon und behält ihre Kopie. Um wieder zu reden, braucht ihr eine neue Einladung.</translation>
    </message>
    <message>
        <source>There is a number to compare after the first connection.</source>
        <translation>Eine Nummer zum Vergleichen gibt es nach der ersten Verbindung.</translation>
    </message>
    <message>
        <source>Unblock</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Verified: you know who this is.</source>
        <translation>Bestätigt: Du weißt, wer das ist.</translation>
    </message>
</context>
<context>
    <name>ContactWords</name>
    <message>
        <source>Away</source>
        <translation>Nicht da</translation>
    </message>
    <message>
        <source>Blocked</source>
        <translation>Blockiert</translation>
    </message>
    <message>
        <source>Draft: {text}</source>
        <translation>Entwurf: {text}</translation>
    </message>
    <message>
        <source>Online, connected</source>
        <translation>Online, verbunden</translation>
    </message>
    <message>
        <source>Online, directly connected</source>
        <translation>Online, direkt verbunden</translation>
    </message>
    <message>
        <source>Online, on this network</source>
        <translation>Online, in diesem Netz</translation>
    </message>
    <message>
        <source>Online, through a relay</source>
        <translation>Online, über ein Relay</translation>
    </message>
    <message>
        <source>Somebody else has used this link. Ask for a new one.</source>
        <translation>Jemand anderes hat diesen Link benutzt. Bitte um einen neuen.</translation>
    </message>
    <message>
        <source>The secure session was lost and made anew. Compare digits before you go on.</source>
        <translation>Die sichere Sitzung ging verloren und wurde erneuert. Vergleicht Ziffern, bevor ihr weiterschreibt.</translation>
    </message>
    <message>
        <source>The secure session was lost. A new one is made as soon as this contact is reached.</source>
        <translation>Die sichere Sitzung ging verloren. Sobald der Kontakt erreicht wird, entsteht eine neue.</translation>
    </message>
    <message>
        <source>This link has expired, or a clock is wrong. Ask for a new one, and check the clocks.</source>
        <translation>Dieser Link ist abgelaufen, oder eine Uhr geht falsch. Bitte um einen neuen und prüfe die Uhren.</translation>
    </message>
    <message>
        <source>This link was withdrawn. Ask for a new one.</source>
        <translation>Dieser Link wurde zurückgezogen. Bitte um einen neuen.</translation>
    </message>
    <message>
        <source>Waits for the first connection</source>
        <translation>Wartet auf die erste Verbindung</translation>
    </message>
    <message>
        <source>You: {text}</source>
        <translation>Du: {text}</translation>
    </message>
    <message>
        <source>is typing …</source>
        <translation>schreibt …</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>bestätigt</translation>
    </message>
    <message>
        <source>{count} unread</source>
        <translation>{count} ungelesen</translation>
    </message>
</context>
<context>
    <name>ContactsColumn</name>
    <message>
        <source>Add a contact</source>
        <translation>Kontakt hinzufügen</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>Unterhaltungen</translation>
    </message>
    <message>
        <source>Invite someone</source>
        <translation>Jemanden einladen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
</context>
<context>
    <name>DeleteMessageDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Delete for both</source>
        <translation>Für beide löschen</translation>
    </message>
    <message>
        <source>Delete here</source>
        <translation>Hier löschen</translation>
    </message>
    <message>
        <source>Delete this message?</source>
        <translation>Diese Nachricht löschen?</translation>
    </message>
    <message>
        <source>Deleted for both, its text is gone for {name} as well, who may have read or copied it before.</source>
        <translation>Für beide gelöscht, verschwindet ihr Text auch bei {name}; gelesen oder kopiert kann er vorher schon sein.</translation>
    </message>
    <message>
        <source>Deleted here, it is gone from this computer for good, and {name} keeps it.</source>
        <translation>Hier gelöscht, verschwindet sie endgültig von diesem Computer, und {name} behält sie.</translation>
    </message>
</context>
<context>
    <name>Desktop</name>
    <message>
        <source>Kith keeps running</source>
        <translation>Kith läuft weiter</translation>
    </message>
    <message>
        <source>Messages arrive while it runs: both of you must be online at the same time. To end Kith, choose Quit in the menu of this icon.</source>
        <translation>Nachrichten kommen an, solange es läuft: Ihr müsst beide zugleich online sein. Um Kith zu beenden, wähle Beenden im Menü dieses Symbols.</translation>
    </message>
</context>
<context>
    <name>DifferentDigitsDialog</name>
    <message>
        <source>Keep, not verified</source>
        <translation>Behalten, nicht bestätigt</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Somebody else may have been faster</source>
        <translation>Vielleicht war jemand anderes schneller</translation>
    </message>
    <message>
        <source>The one who used your invite as {name} may not be the person in front of you. Remove this contact and make a new invite.</source>
        <translation>Wer deine Einladung als {name} benutzt hat, ist vielleicht nicht die Person vor dir. Entferne diesen Kontakt und erstelle eine neue Einladung.</translation>
    </message>
</context>
<context>
    <name>Doctor</name>
    <message>
        <source>Another device has the contact&apos;s old address. Be in one network once, or meet anew.</source>
        <translation>Ein anderes Gerät hat jetzt die alte Adresse des Kontakts. Seid einmal im selben Netz, oder trefft euch neu.</translation>
    </message>
    <message>
        <source>Asking servers for this computer&apos;s address on the internet (STUN) is switched off.</source>
        <translation>Server nach der Adresse dieses Computers im Internet zu fragen (STUN), ist ausgeschaltet.</translation>
    </message>
    <message>
        <source>Asking the router for an open port (UPnP, NAT-PMP) is switched off.</source>
        <translation>Den Router um einen offenen Port zu bitten (UPnP, NAT-PMP), ist ausgeschaltet.</translation>
    </message>
    <message>
        <source>Check that this computer is connected to a network.</source>
        <translation>Prüfe, ob dieser Computer mit einem Netz verbunden ist.</translation>
    </message>
    <message>
        <source>Check the address of this relay, and the connection to the internet. TLS on port 443 gets through most networks.</source>
        <translation>Prüfe die Adresse dieses Relays und die Verbindung ins Internet. TLS auf Port 443 kommt durch die meisten Netze.</translation>
    </message>
    <message>
        <source>Check the connection to the internet, and let Kith use UDP in the firewall. On a network without internet nothing is wrong.</source>
        <translation>Prüfe die Verbindung zum Internet, und erlaube Kith in der Firewall UDP. In einem Netz ohne Internet ist das in Ordnung.</translation>
    </message>
    <message>
        <source>Check the connection to the internet, and let Kith use UDP in the firewall. Other servers can be named in the settings, under Servers, or with --stun.</source>
        <translation>Prüfe die Verbindung ins Internet, und erlaube Kith in der Firewall UDP. Andere Server lassen sich in den Einstellungen unter Server oder mit --stun angeben.</translation>
    </message>
    <message>
        <source>Check the name of this relay, and name its certificate with cafile if it has one of its own.</source>
        <translation>Prüfe den Namen dieses Relays, und nenne sein Zertifikat mit cafile, wenn es ein eigenes hat.</translation>
    </message>
    <message>
        <source>Check the user and the secret of this relay.</source>
        <translation>Prüfe Benutzer und Geheimnis dieses Relays.</translation>
    </message>
    <message>
        <source>Compare the 60 digits of this contact with those on their screen, and agree. Whoever has a copy of their keys could have made the session.</source>
        <translation>Vergleiche die 60 Ziffern dieses Kontakts mit denen auf seinem Bildschirm, und stimme zu. Wer eine Kopie seiner Schlüssel hat, könnte die Sitzung aufgebaut haben.</translation>
    </message>
    <message>
        <source>Connect both computers to the same network.</source>
        <translation>Verbinde beide Computer mit demselben Netz.</translation>
    </message>
    <message>
        <source>Connect it to a network, by cable or Wi-Fi.</source>
        <translation>Verbinde ihn mit einem Netz, per Kabel oder WLAN.</translation>
    </message>
    <message>
        <source>Connect this computer to a network, and let Kith use UDP port 5353 in the firewall.</source>
        <translation>Verbinde diesen Computer mit einem Netz, und erlaube Kith in der Firewall den UDP-Port 5353.</translation>
    </message>
    <message>
        <source>Contacts are searched for across the internet, and can find this computer (DHT).</source>
        <translation>Kontakte werden im Internet gesucht und können diesen Computer dort finden (DHT).</translation>
    </message>
    <message>
        <source>Contacts elsewhere can connect to this computer: the last one did {ago}.</source>
        <translation>Kontakte von anderswo können sich mit diesem Computer verbinden: zuletzt {ago}.</translation>
    </message>
    <message>
        <source>Contacts far away can connect more easily if UPnP or NAT-PMP is allowed in the router&apos;s settings, or its TCP port {port} is led to this computer.</source>
        <translation>Entfernte Kontakte können sich leichter verbinden, wenn in den Einstellungen des Routers UPnP oder NAT-PMP erlaubt oder sein TCP-Port {port} an diesen Computer weitergeleitet wird.</translation>
    </message>
    <message>
        <source>Contacts on the local network are searched for, and can find this computer (mDNS).</source>
        <translation>Kontakte im lokalen Netz werden gesucht und können diesen Computer finden (mDNS).</translation>
    </message>
    <message>
        <source>Contacts on the local network can connect to this computer: the last one did {ago}. From elsewhere none has.</source>
        <translation>Kontakte im lokalen Netz können sich mit diesem Computer verbinden: zuletzt {ago}. Von anderswo hat es noch keiner getan.</translation>
    </message>
    <message>
        <source>If a contact far away is never reached, one of the two can name a relay: in the settings, under Servers, or with --turn.</source>
        <translation>Wird ein entfernter Kontakt nie erreicht, kann einer von beiden ein Relay angeben: in den Einstellungen unter Server oder mit --turn.</translation>
    </message>
    <message>
        <source>If a contact in the same network is not found, its router may hold multicast back or isolate clients.</source>
        <translation>Wird ein Kontakt im selben Netz nicht gefunden, hält der Router vielleicht Multicast zurück oder trennt die Geräte voneinander.</translation>
    </message>
    <message>
        <source>If contacts cannot connect, let TCP port {port} in, and UDP port 5353 on the local network.</source>
        <translation>Wenn Kontakte sich nicht verbinden können, lass den TCP-Port {port} herein, und im lokalen Netz den UDP-Port 5353.</translation>
    </message>
    <message>
        <source>It is not known yet where others on the internet see this computer.</source>
        <translation>Noch ist nicht bekannt, unter welcher Adresse andere im Internet diesen Computer sehen.</translation>
    </message>
    <message>
        <source>It may be busy or suspended. If that does not pass, end Kith and start it again.</source>
        <translation>Vielleicht ist es beschäftigt oder angehalten. Wenn das nicht vergeht, beende Kith und starte es neu.</translation>
    </message>
    <message>
        <source>Kith is open and waits for the passphrase.</source>
        <translation>Kith ist offen und wartet auf die Passphrase.</translation>
    </message>
    <message>
        <source>Kith is running on this profile, and finds this.</source>
        <translation>Kith läuft mit diesem Profil und findet Folgendes.</translation>
    </message>
    <message>
        <source>Kith is running on this profile, but does not answer.</source>
        <translation>Kith läuft mit diesem Profil, antwortet aber nicht.</translation>
    </message>
    <message>
        <source>Kith listens nowhere, so nobody can connect to this computer.</source>
        <translation>Kith nimmt nirgends Verbindungen an, also kann niemand diesen Computer erreichen.</translation>
    </message>
    <message>
        <source>Kith listens on {addresses}.</source>
        <translation>Kith nimmt Verbindungen an auf {addresses}.</translation>
    </message>
    <message>
        <source>Let Kith use UDP in the firewall, or take another network.</source>
        <translation>Erlaube Kith in der Firewall UDP, oder nimm ein anderes Netz.</translation>
    </message>
    <message>
        <source>Let Kith use UDP port 5353, and accept connections, in the firewall.</source>
        <translation>Erlaube Kith in der Firewall den UDP-Port 5353 und eingehende Verbindungen.</translation>
    </message>
    <message>
        <source>Let the router forward TCP port {port} to this computer.</source>
        <translation>Lass den Router den TCP-Port {port} an diesen Computer weiterleiten.</translation>
    </message>
    <message>
        <source>Make room, or check the disk.</source>
        <translation>Schaffe Platz, oder prüfe den Datenträger.</translation>
    </message>
    <message>
        <source>Make room, or messages cannot be stored.</source>
        <translation>Schaffe Platz, sonst lassen sich keine Nachrichten speichern.</translation>
    </message>
    <message>
        <source>New contact {mark}</source>
        <translation>Neuer Kontakt {mark}</translation>
    </message>
    <message>
        <source>No STUN server answers.</source>
        <translation>Kein STUN-Server antwortet.</translation>
    </message>
    <message>
        <source>No STUN server has been asked for this computer&apos;s address on the internet.</source>
        <translation>Kein STUN-Server wurde nach der Adresse dieses Computers im Internet gefragt.</translation>
    </message>
    <message>
        <source>No address of it is known.</source>
        <translation>Es ist keine Adresse von ihm bekannt.</translation>
    </message>
    <message>
        <source>No router opens a port when it is asked (UPnP, NAT-PMP).</source>
        <translation>Kein Router öffnet auf Bitten einen Port (UPnP, NAT-PMP).</translation>
    </message>
    <message>
        <source>No server is named that relays (TURN): where both routers are strict, a contact cannot be reached.</source>
        <translation>Kein Server ist genannt, der weiterleitet (TURN): Wo beide Router streng sind, ist ein Kontakt nicht zu erreichen.</translation>
    </message>
    <message>
        <source>Nobody has connected to this computer yet, so it is not known whether that works.</source>
        <translation>Noch hat sich niemand mit diesem Computer verbunden; ob das geht, ist also nicht bekannt.</translation>
    </message>
    <message>
        <source>On the local network (mDNS) two trial participants on this computer did not find each other.</source>
        <translation>Im lokalen Netz (mDNS) haben sich zwei Probeteilnehmer auf diesem Computer nicht gefunden.</translation>
    </message>
    <message>
        <source>One of the two is wrong.</source>
        <translation>Eine der beiden geht falsch.</translation>
    </message>
    <message>
        <source>Only contacts on this very computer can connect, at {addresses}, as was asked for.</source>
        <translation>Nur Kontakte auf diesem Computer selbst können sich verbinden, auf {addresses}, wie verlangt.</translation>
    </message>
    <message>
        <source>Others see this computer come from {addresses}, its router&apos;s address.</source>
        <translation>Andere sehen diesen Computer unter {addresses}, der Adresse seines Routers.</translation>
    </message>
    <message>
        <source>Relaying through servers (TURN) is switched off.</source>
        <translation>Über Server weiterzuleiten (TURN), ist ausgeschaltet.</translation>
    </message>
    <message>
        <source>STUN servers say from where they see this computer: {names}.</source>
        <translation>STUN-Server sagen, unter welcher Adresse sie diesen Computer sehen: {names}.</translation>
    </message>
    <message>
        <source>Set date, time and time zone of this computer. Messages arrive and keep their order all the same; only invites may look expired.</source>
        <translation>Stelle Datum, Uhrzeit und Zeitzone dieses Computers. Nachrichten kommen trotzdem an und behalten ihre Reihenfolge; nur Einladungen können abgelaufen scheinen.</translation>
    </message>
    <message>
        <source>Somebody else has used this contact&apos;s link already. Ask for a new one.</source>
        <translation>Jemand anderes hat den Link dieses Kontakts schon benutzt. Bitte um einen neuen.</translation>
    </message>
    <message>
        <source>Somebody there does not know this account: the contact may have removed or blocked it.</source>
        <translation>Dort kennt man dieses Konto nicht: Vielleicht hat der Kontakt es entfernt oder blockiert.</translation>
    </message>
    <message>
        <source>Start Kith without --listen, or name an address of this computer and a free port.</source>
        <translation>Starte Kith ohne --listen, oder nenne eine Adresse dieses Computers und einen freien Port.</translation>
    </message>
    <message>
        <source>The clock of {name} is {span} ahead of this computer&apos;s.</source>
        <translation>Die Uhr von {name} geht gegenüber diesem Computer {span} vor.</translation>
    </message>
    <message>
        <source>The clock of {name} is {span} behind this computer&apos;s.</source>
        <translation>Die Uhr von {name} geht gegenüber diesem Computer {span} nach.</translation>
    </message>
    <message>
        <source>The contact&apos;s computer may be off, asleep, without Kith, or behind a firewall. Messages wait and go out by themselves.</source>
        <translation>Vielleicht ist der Computer des Kontakts aus, im Ruhezustand, ohne Kith oder hinter einer Firewall. Nachrichten warten und gehen von selbst hinaus.</translation>
    </message>
    <message>
        <source>The disk is nearly full: {free} are free.</source>
        <translation>Der Datenträger ist fast voll: {free} sind frei.</translation>
    </message>
    <message>
        <source>The firewall {name} runs here, and may keep connections out.</source>
        <translation>Hier läuft die Firewall {name}; sie hält vielleicht Verbindungen ab.</translation>
    </message>
    <message>
        <source>The internet answers over TCP only: UDP does not get through.</source>
        <translation>Das Internet antwortet nur über TCP: UDP kommt nicht durch.</translation>
    </message>
    <message>
        <source>The profile can be written, and {free} are free.</source>
        <translation>Das Profil lässt sich beschreiben, und {free} sind frei.</translation>
    </message>
    <message>
        <source>The profile can be written.</source>
        <translation>Das Profil lässt sich beschreiben.</translation>
    </message>
    <message>
        <source>The relay {name} answers, and refuses a port.</source>
        <translation>Das Relay {name} antwortet und verweigert einen Port.</translation>
    </message>
    <message>
        <source>The relay {name} cannot be reached.</source>
        <translation>Das Relay {name} ist nicht zu erreichen.</translation>
    </message>
    <message>
        <source>The relay {name} does not answer.</source>
        <translation>Das Relay {name} antwortet nicht.</translation>
    </message>
    <message>
        <source>The relay {name} grants a port.</source>
        <translation>Das Relay {name} gibt einen Port her.</translation>
    </message>
    <message>
        <source>The relay {name} has no certificate that is trusted here.</source>
        <translation>Das Relay {name} hat kein Zertifikat, dem hier vertraut wird.</translation>
    </message>
    <message>
        <source>The router does not open a port: {error}.</source>
        <translation>Der Router öffnet keinen Port: {error}.</translation>
    </message>
    <message>
        <source>The router is asked for an open port (UPnP, NAT-PMP), and has not answered yet.</source>
        <translation>Der Router ist um einen offenen Port gebeten (UPnP, NAT-PMP) und hat noch nicht geantwortet.</translation>
    </message>
    <message>
        <source>The router keeps one port for everybody, so that contacts can connect when both sides try at once.</source>
        <translation>Der Router behält einen Port für alle, sodass Kontakte sich verbinden können, wenn beide Seiten es zugleich versuchen.</translation>
    </message>
    <message>
        <source>The router leads its port {port} to this computer (UPnP, NAT-PMP).</source>
        <translation>Der Router leitet seinen Port {port} an diesen Computer weiter (UPnP, NAT-PMP).</translation>
    </message>
    <message>
        <source>The router takes another port for everybody, so that contacts elsewhere can hardly connect directly.</source>
        <translation>Der Router nimmt für jeden einen anderen Port, sodass Kontakte anderswo sich kaum direkt verbinden können.</translation>
    </message>
    <message>
        <source>The search for contacts across the internet (DHT) gets no answer from anybody.</source>
        <translation>Die Suche nach Kontakten im Internet (DHT) bekommt von niemandem Antwort.</translation>
    </message>
    <message>
        <source>The search for contacts across the internet is switched off.</source>
        <translation>Die Suche nach Kontakten im Internet ist ausgeschaltet.</translation>
    </message>
    <message>
        <source>The search for contacts on the local network (mDNS) can use no network interface.</source>
        <translation>Die Suche nach Kontakten im lokalen Netz (mDNS) kann keine Netzwerkschnittstelle benutzen.</translation>
    </message>
    <message>
        <source>The search for contacts on the local network is switched off.</source>
        <translation>Die Suche nach Kontakten im lokalen Netz ist ausgeschaltet.</translation>
    </message>
    <message>
        <source>The search on the local network (mDNS) works on this computer: two trial participants met.</source>
        <translation>Die Suche im lokalen Netz (mDNS) geht auf diesem Computer: Zwei Probeteilnehmer haben sich gefunden.</translation>
    </message>
    <message>
        <source>There is no router to ask for an open port: this computer listens at no private address.</source>
        <translation>Kein Router ist um einen offenen Port zu bitten: Dieser Computer ist unter keiner privaten Adresse erreichbar.</translation>
    </message>
    <message>
        <source>This check ran beside it, on ports of its own, and knows of no contacts.</source>
        <translation>Diese Prüfung lief daneben, auf eigenen Ports, und weiß nichts von Kontakten.</translation>
    </message>
    <message>
        <source>This computer has an address of its own on the internet.</source>
        <translation>Dieser Computer hat eine eigene Adresse im Internet.</translation>
    </message>
    <message>
        <source>This computer has no network address but its own loopback.</source>
        <translation>Dieser Computer hat keine Netzwerkadresse außer der eigenen Schleife (Loopback).</translation>
    </message>
    <message>
        <source>This computer&apos;s addresses are {addresses}.</source>
        <translation>Die Adressen dieses Computers sind {addresses}.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock says {now} (UTC), but the clocks of {off} of {count} contacts are about {span} ahead of this computer&apos;s.</source>
        <translation>Die Uhr dieses Computers zeigt {now} (UTC), aber die Uhren von {off} der {count} Kontakte gehen dagegen etwa {span} vor.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock says {now} (UTC), but the clocks of {off} of {count} contacts are about {span} behind this computer&apos;s.</source>
        <translation>Die Uhr dieses Computers zeigt {now} (UTC), aber die Uhren von {off} der {count} Kontakte gehen dagegen etwa {span} nach.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock says {now} (UTC), but there are files of Kith from {then}: the clock is behind.</source>
        <translation>Die Uhr dieses Computers zeigt {now} (UTC), aber es gibt Dateien von Kith vom {then}: Die Uhr geht nach.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock says {now} (UTC).</source>
        <translation>Die Uhr dieses Computers zeigt {now} (UTC).</translation>
    </message>
    <message>
        <source>This computer&apos;s clock says {now} (UTC); 1 contact agrees.</source>
        <translation>Die Uhr dieses Computers zeigt {now} (UTC); 1 Kontakt stimmt damit überein.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock says {now} (UTC); most contacts agree.</source>
        <translation>Die Uhr dieses Computers zeigt {now} (UTC); die meisten Kontakte stimmen damit überein.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock says {now} (UTC); nothing was heard to compare it with.</source>
        <translation>Die Uhr dieses Computers zeigt {now} (UTC); bisher war nichts zu hören, womit sie sich vergleichen ließe.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock says {now} (UTC); {count} contacts agree.</source>
        <translation>Die Uhr dieses Computers zeigt {now} (UTC); {count} Kontakte stimmen damit überein.</translation>
    </message>
    <message>
        <source>This contact has revoked its link. Ask for a new one.</source>
        <translation>Dieser Kontakt hat seinen Link zurückgezogen. Bitte um einen neuen.</translation>
    </message>
    <message>
        <source>This contact&apos;s link has expired, or a clock is wrong. Ask for a new one.</source>
        <translation>Der Link dieses Kontakts ist abgelaufen, oder eine Uhr geht falsch. Bitte um einen neuen.</translation>
    </message>
    <message>
        <source>To make room, remove the contact with its messages, and meet anew.</source>
        <translation>Um Platz zu schaffen, entferne den Kontakt mit seinen Nachrichten, und trefft euch neu.</translation>
    </message>
    <message>
        <source>UDP, direct or relayed: {outcome}.</source>
        <translation>UDP, direkt oder über ein Relay: {outcome}.</translation>
    </message>
    <message>
        <source>a time that no calendar has</source>
        <translation>eine Zeit, die kein Kalender kennt</translation>
    </message>
    <message>
        <source>in the future, by this computer&apos;s clock</source>
        <translation>nach der Uhr dieses Computers in der Zukunft</translation>
    </message>
    <message>
        <source>no address of one side reaches one of the other</source>
        <translation>keine Adresse der einen Seite erreicht eine der anderen</translation>
    </message>
    <message>
        <source>nobody answers there</source>
        <translation>dort antwortet niemand</translation>
    </message>
    <message>
        <source>not tried yet</source>
        <translation>noch nicht versucht</translation>
    </message>
    <message>
        <source>not tried, since it belongs to a network that this computer is not in</source>
        <translation>nicht versucht, denn sie gehört zu einem Netz, in dem dieser Computer nicht ist</translation>
    </message>
    <message>
        <source>reached</source>
        <translation>erreicht</translation>
    </message>
    <message>
        <source>refused, since no program listens there</source>
        <translation>abgelehnt, denn dort nimmt kein Programm Verbindungen an</translation>
    </message>
    <message>
        <source>somebody else answers there</source>
        <translation>dort antwortet jemand anderes</translation>
    </message>
    <message>
        <source>something listens there and says nothing to us</source>
        <translation>dort nimmt etwas Verbindungen an und sagt uns nichts</translation>
    </message>
    <message>
        <source>the connection was closed at once</source>
        <translation>die Verbindung wurde sofort geschlossen</translation>
    </message>
    <message>
        <source>the contact was called, and did not answer</source>
        <translation>der Kontakt wurde gerufen und antwortete nicht</translation>
    </message>
    <message>
        <source>there is no way to this address from here</source>
        <translation>von hier führt kein Weg zu dieser Adresse</translation>
    </message>
    <message>
        <source>two addresses met, and no connection came of it</source>
        <translation>zwei Adressen trafen sich, und es wurde keine Verbindung daraus</translation>
    </message>
    <message>
        <source>{address}, both sides at once: {outcome}.</source>
        <translation>{address}, von beiden Seiten zugleich: {outcome}.</translation>
    </message>
    <message>
        <source>{address}: {outcome}.</source>
        <translation>{address}: {outcome}.</translation>
    </message>
    <message>
        <source>{name} cannot be met.</source>
        <translation>{name} lässt sich nicht erreichen.</translation>
    </message>
    <message>
        <source>{name} did not answer the link before it expired, {ago}.</source>
        <translation>{name} hat auf den Link nicht geantwortet, bevor er ablief, {ago}.</translation>
    </message>
    <message>
        <source>{name} has a new session, and nothing is sent on it yet.</source>
        <translation>{name} hat eine neue Sitzung, über die noch nichts gesendet wird.</translation>
    </message>
    <message>
        <source>{name} has not answered the link yet.</source>
        <translation>{name} hat auf den Link noch nicht geantwortet.</translation>
    </message>
    <message>
        <source>{name} has not answered the link yet; last linked {ago}.</source>
        <translation>{name} hat auf den Link noch nicht geantwortet; zuletzt verbunden {ago}.</translation>
    </message>
    <message>
        <source>{name} has to be looked at.</source>
        <translation>{name} braucht deine Aufmerksamkeit.</translation>
    </message>
    <message>
        <source>{name} has written {size}, and nothing more is taken from it.</source>
        <translation>{name} hat {size} geschrieben, und mehr wird nicht angenommen.</translation>
    </message>
    <message>
        <source>{name} is blocked, and gets no answer.</source>
        <translation>{name} ist blockiert und bekommt keine Antwort.</translation>
    </message>
    <message>
        <source>{name} is linked directly, at {address}.</source>
        <translation>{name} ist direkt verbunden, auf {address}.</translation>
    </message>
    <message>
        <source>{name} is linked directly, through routers, at {address}.</source>
        <translation>{name} ist direkt verbunden, durch Router hindurch, auf {address}.</translation>
    </message>
    <message>
        <source>{name} is linked over the local network, at {address}.</source>
        <translation>{name} ist über das lokale Netz verbunden, auf {address}.</translation>
    </message>
    <message>
        <source>{name} is linked through a relay, at {address}.</source>
        <translation>{name} ist über ein Relay verbunden, auf {address}.</translation>
    </message>
    <message>
        <source>{name} is not linked.</source>
        <translation>{name} ist nicht verbunden.</translation>
    </message>
    <message>
        <source>{name} is not linked; last linked {ago}.</source>
        <translation>{name} ist nicht verbunden; zuletzt verbunden {ago}.</translation>
    </message>
    <message>
        <source>{outcome} ({ago})</source>
        <translation>{outcome} ({ago})</translation>
    </message>
    <message>
        <source>{outcome} ({count} times, last {ago})</source>
        <translation>{outcome} ({count}-mal, zuletzt {ago})</translation>
    </message>
    <message>
        <source>{outcome}; tried rarely now</source>
        <translation>{outcome}; wird jetzt nur noch selten versucht</translation>
    </message>
    <message>
        <source>{sentence}</source>
        <translation>{sentence}</translation>
    </message>
</context>
<context>
    <name>DownButton</name>
    <message numerus="yes">
        <source>%Ln new messages</source>
        <translation>
            <numerusform>%Ln neue Nachricht</numerusform>
            <numerusform>%Ln neue Nachrichten</numerusform>
        </translation>
    </message>
    <message>
        <source>Go to the newest message</source>
        <translation>Zur neuesten Nachricht</translation>
    </message>
</context>
<context>
    <name>Durations</name>
    <message numerus="yes">
        <source>%n days</source>
        <translation>
            <numerusform>%n Tag</numerusform>
            <numerusform>%n Tage</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hours</source>
        <translation>
            <numerusform>%n Stunde</numerusform>
            <numerusform>%n Stunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minutes</source>
        <translation>
            <numerusform>%n Minute</numerusform>
            <numerusform>%n Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n years</source>
        <translation>
            <numerusform>%n Jahr</numerusform>
            <numerusform>%n Jahre</numerusform>
        </translation>
    </message>
    <message>
        <source>less than a minute</source>
        <translation>weniger als eine Minute</translation>
    </message>
</context>
<context>
    <name>EmojiPicker</name>
    <message>
        <source>Activities</source>
        <translation>Aktivitäten</translation>
    </message>
    <message>
        <source>Animals and nature</source>
        <translation>Tiere und Natur</translation>
    </message>
    <message>
        <source>Emoji</source>
        <translation>Emoji</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>Favoriten</translation>
    </message>
    <message>
        <source>Flags</source>
        <translation>Flaggen</translation>
    </message>
    <message>
        <source>Food and drink</source>
        <translation>Essen und Trinken</translation>
    </message>
    <message>
        <source>Kind of emoji</source>
        <translation>Art der Emoji</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Gegenstände</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Menschen</translation>
    </message>
    <message>
        <source>Search emoji</source>
        <translation>Emoji suchen</translation>
    </message>
    <message>
        <source>Smileys</source>
        <translation>Smileys</translation>
    </message>
    <message>
        <source>Symbols</source>
        <translation>Symbole</translation>
    </message>
    <message>
        <source>Travel and places</source>
        <translation>Reisen und Orte</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>A name needs 1 to 64 visible characters on one line.</source>
        <translation>Ein Name braucht 1 bis 64 sichtbare Zeichen in einer Zeile.</translation>
    </message>
    <message>
        <source>A passphrase is needed: none was given and the system&apos;s keyring holds none.</source>
        <translation>Eine Passphrase ist nötig: Es wurde keine angegeben, und der Schlüsselbund des Systems enthält keine.</translation>
    </message>
    <message>
        <source>A reaction is one emoji.</source>
        <translation>Eine Reaktion ist ein einziges Emoji.</translation>
    </message>
    <message>
        <source>Another Kith is using this profile.</source>
        <translation>Ein anderes Kith benutzt dieses Profil.</translation>
    </message>
    <message>
        <source>Kith cannot listen on the address that was asked for.</source>
        <translation>Kith kann auf der gewünschten Adresse keine Verbindungen annehmen.</translation>
    </message>
    <message>
        <source>Only the author of a message can change it for both.</source>
        <translation>Nur wer eine Nachricht geschrieben hat, kann sie für beide ändern.</translation>
    </message>
    <message>
        <source>Only the keyring opens this profile. Set a passphrase first.</source>
        <translation>Nur der Schlüsselbund öffnet dieses Profil. Lege zuerst eine Passphrase fest.</translation>
    </message>
    <message>
        <source>Somebody else has used this link already. Ask for a new one.</source>
        <translation>Jemand anderes hat diesen Link schon benutzt. Bitte um einen neuen.</translation>
    </message>
    <message>
        <source>Something went wrong that Kith did not expect.</source>
        <translation>Etwas ist schiefgegangen, womit Kith nicht gerechnet hat.</translation>
    </message>
    <message>
        <source>The command line is not understood.</source>
        <translation>Die Befehlszeile ist unverständlich.</translation>
    </message>
    <message>
        <source>The disk is full. Nothing was lost; make room and try again.</source>
        <translation>Der Datenträger ist voll. Nichts ging verloren; schaffe Platz und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>The file cannot be read or written.</source>
        <translation>Die Datei lässt sich nicht lesen oder schreiben.</translation>
    </message>
    <message>
        <source>The file cannot be written: {reason}.</source>
        <translation>Die Datei lässt sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>The file does not read back as it was written.</source>
        <translation>Die Datei liest sich nicht so zurück, wie sie geschrieben wurde.</translation>
    </message>
    <message>
        <source>The file “kith.db” of the profile is damaged beyond repair: the keys of the account are lost, and no snapshot holds them. Put the profile back from a copy.</source>
        <translation>Die Datei „kith.db“ des Profils ist unrettbar beschädigt: Die Schlüssel des Kontos sind verloren, und keine Sicherung enthält sie. Stelle das Profil aus einer Kopie wieder her.</translation>
    </message>
    <message>
        <source>The file “vault” is missing from the profile; without it the messages cannot be read. Put it back from a copy of the profile.</source>
        <translation>Im Profil fehlt die Datei „vault“; ohne sie lassen sich die Nachrichten nicht lesen. Stelle sie aus einer Kopie des Profils wieder her.</translation>
    </message>
    <message>
        <source>The file “vault” of the profile is damaged, and no passphrase can open it. Put it back from a copy.</source>
        <translation>Die Datei „vault“ des Profils ist beschädigt, und keine Passphrase kann sie öffnen. Stelle sie aus einer Kopie wieder her.</translation>
    </message>
    <message>
        <source>The passphrase file cannot be read.</source>
        <translation>Die Datei mit der Passphrase lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>The passphrase is empty or not text.</source>
        <translation>Die Passphrase ist leer oder kein Text.</translation>
    </message>
    <message>
        <source>The profile cannot be written: its files are read-only.</source>
        <translation>Das Profil lässt sich nicht beschreiben: Seine Dateien sind schreibgeschützt.</translation>
    </message>
    <message>
        <source>The profile folder cannot be written by this user.</source>
        <translation>Dieser Benutzer darf in den Ordner des Profils nicht schreiben.</translation>
    </message>
    <message>
        <source>The profile is closed.</source>
        <translation>Das Profil ist geschlossen.</translation>
    </message>
    <message>
        <source>The profile is damaged and cannot be opened.</source>
        <translation>Das Profil ist beschädigt und lässt sich nicht öffnen.</translation>
    </message>
    <message>
        <source>The profile is damaged and its repair failed.</source>
        <translation>Das Profil ist beschädigt, und die Reparatur ist fehlgeschlagen.</translation>
    </message>
    <message>
        <source>The profile on disk cannot be read or written.</source>
        <translation>Das Profil auf dem Datenträger lässt sich nicht lesen oder schreiben.</translation>
    </message>
    <message>
        <source>The session was made anew once more. Compare the digits that are shown now.</source>
        <translation>Die Sitzung wurde noch einmal erneuert. Vergleicht die Ziffern, die jetzt angezeigt werden.</translation>
    </message>
    <message>
        <source>There are too many invites. Revoke some, or wait until they expire.</source>
        <translation>Es gibt zu viele Einladungen. Widerrufe einige, oder warte, bis sie ablaufen.</translation>
    </message>
    <message>
        <source>There is a file of that name already.</source>
        <translation>Eine Datei mit diesem Namen gibt es schon.</translation>
    </message>
    <message>
        <source>There is an account in this profile already.</source>
        <translation>In diesem Profil gibt es schon ein Konto.</translation>
    </message>
    <message>
        <source>There is no account in this profile yet. Create one with --create NAME.</source>
        <translation>In diesem Profil gibt es noch kein Konto. Lege mit --create NAME eines an.</translation>
    </message>
    <message>
        <source>There is no such contact.</source>
        <translation>Diesen Kontakt gibt es nicht.</translation>
    </message>
    <message>
        <source>There is no such invite.</source>
        <translation>Diese Einladung gibt es nicht.</translation>
    </message>
    <message>
        <source>There is no such message in this conversation.</source>
        <translation>Diese Nachricht gibt es in dieser Unterhaltung nicht.</translation>
    </message>
    <message>
        <source>There is no such request.</source>
        <translation>Diese Anfrage gibt es nicht.</translation>
    </message>
    <message>
        <source>There is not enough memory to try the passphrase. Close other programs.</source>
        <translation>Der Arbeitsspeicher reicht nicht, um die Passphrase zu prüfen. Schließe andere Programme.</translation>
    </message>
    <message>
        <source>There is nothing to send.</source>
        <translation>Es gibt nichts zu senden.</translation>
    </message>
    <message>
        <source>This contact is blocked. Unblock it to write.</source>
        <translation>Dieser Kontakt ist blockiert. Gib ihn frei, um zu schreiben.</translation>
    </message>
    <message>
        <source>This file was written by a newer Kith. Update Kith to read it.</source>
        <translation>Diese Datei stammt von einem neueren Kith. Aktualisiere Kith, um sie zu lesen.</translation>
    </message>
    <message>
        <source>This is not a whole Kith link. Copy it again, from its first to its last character.</source>
        <translation>Das ist kein vollständiger Kith-Link. Kopiere ihn noch einmal, vom ersten bis zum letzten Zeichen.</translation>
    </message>
    <message>
        <source>This is not a whole file of a Kith profile. Nothing of it was taken.</source>
        <translation>Das ist keine vollständige Datei eines Kith-Profils. Nichts daraus wurde übernommen.</translation>
    </message>
    <message>
        <source>This is your own link. Send it to the person who should add you.</source>
        <translation>Das ist dein eigener Link. Schicke ihn der Person, die dich hinzufügen soll.</translation>
    </message>
    <message>
        <source>This link has expired. Ask for a new one, and check that this computer&apos;s clock is right.</source>
        <translation>Dieser Link ist abgelaufen. Bitte um einen neuen und prüfe, ob die Uhr dieses Computers richtig geht.</translation>
    </message>
    <message>
        <source>This message is not there any more, or is none that can be changed.</source>
        <translation>Diese Nachricht gibt es nicht mehr, oder sie lässt sich nicht ändern.</translation>
    </message>
    <message>
        <source>This message is too long. The limit is 65,536 bytes.</source>
        <translation>Diese Nachricht ist zu lang. Die Grenze liegt bei 65.536 Byte.</translation>
    </message>
    <message>
        <source>This passphrase does not open the file.</source>
        <translation>Diese Passphrase öffnet die Datei nicht.</translation>
    </message>
    <message>
        <source>This passphrase does not open the profile.</source>
        <translation>Diese Passphrase öffnet das Profil nicht.</translation>
    </message>
    <message>
        <source>This person is in your contacts already.</source>
        <translation>Diese Person ist schon unter deinen Kontakten.</translation>
    </message>
    <message>
        <source>This profile was written by a newer Kith. Update Kith to open it.</source>
        <translation>Dieses Profil stammt von einem neueren Kith. Aktualisiere Kith, um es zu öffnen.</translation>
    </message>
    <message>
        <source>This setting cannot have that value.</source>
        <translation>Diese Einstellung kann diesen Wert nicht haben.</translation>
    </message>
    <message>
        <source>This system has no keyring that could keep the key.</source>
        <translation>Dieses System hat keinen Schlüsselbund, der den Schlüssel aufbewahren könnte.</translation>
    </message>
    <message>
        <source>Too many messages are waiting to be delivered. Try again when some have gone out.</source>
        <translation>Zu viele Nachrichten warten auf die Zustellung. Versuche es wieder, wenn einige hinausgegangen sind.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Choose where</source>
        <translation>Ort wählen</translation>
    </message>
    <message>
        <source>Export the profile</source>
        <translation>Profil exportieren</translation>
    </message>
    <message>
        <source>Passphrase of the file</source>
        <translation>Passphrase der Datei</translation>
    </message>
    <message>
        <source>Passphrase of the file, once more</source>
        <translation>Passphrase der Datei, noch einmal</translation>
    </message>
    <message>
        <source>Sessions are not in it: after an import they are made anew with every contact. Use a profile on one computer at a time.</source>
        <translation>Sitzungen sind nicht darin: Nach einem Import entstehen sie mit jedem Kontakt neu. Benutze ein Profil nur auf einem Computer zugleich.</translation>
    </message>
    <message>
        <source>The file holds your identity, contacts, messages and settings, encrypted under a passphrase of its own. Without that passphrase nobody can read it, and nobody can reset it.</source>
        <translation>Die Datei enthält deine Identität, Kontakte, Nachrichten und Einstellungen, verschlüsselt unter einer eigenen Passphrase. Ohne sie kann niemand sie lesen, und niemand kann sie zurücksetzen.</translation>
    </message>
</context>
<context>
    <name>Formatting</name>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>d MMM</source>
        <comment>day and short month</comment>
        <translation>d. MMM</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <comment>day, short month and year</comment>
        <translation>d. MMM yyyy</translation>
    </message>
    <message>
        <source>d MMMM</source>
        <comment>day and month</comment>
        <translation>d. MMMM</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <comment>day, month and year</comment>
        <translation>d. MMMM yyyy</translation>
    </message>
</context>
<context>
    <name>Home</name>
    <message>
        <source>That was longer than a message can be. Only its beginning was pasted.</source>
        <translation>Das war länger, als eine Nachricht sein kann. Nur der Anfang wurde eingefügt.</translation>
    </message>
</context>
<context>
    <name>InviteDialog</name>
    <message>
        <source>A code to print, or a link to post: whoever comes by it becomes a request, and you say yes or no. It tells everybody who has it your computer&apos;s address for as long as it lives, and first contacts by it are not protected against quantum computers.</source>
        <translation>Ein Code zum Ausdrucken, ein Link zum Aushängen: Wer damit kommt, wird zur Anfrage, und du sagst Ja oder Nein. Er verrät allen, die ihn haben, die Adresse deines Computers, solange er gilt, und Erstkontakte damit sind nicht gegen Quantencomputer geschützt.</translation>
    </message>
    <message>
        <source>By a link</source>
        <translation>Per Link</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>For many</source>
        <translation>Für viele</translation>
    </message>
    <message>
        <source>In person</source>
        <translation>Persönlich</translation>
    </message>
    <message>
        <source>Invite someone</source>
        <translation>Jemanden einladen</translation>
    </message>
    <message>
        <source>Kind of invite</source>
        <translation>Art der Einladung</translation>
    </message>
    <message>
        <source>Link of the invite</source>
        <translation>Link der Einladung</translation>
    </message>
    <message>
        <source>Make a reusable invite</source>
        <translation>Wiederverwendbare Einladung erstellen</translation>
    </message>
    <message>
        <source>QR code of the invite</source>
        <translation>QR-Code der Einladung</translation>
    </message>
    <message>
        <source>Save as a picture</source>
        <translation>Als Bild speichern</translation>
    </message>
    <message>
        <source>Save the code as a picture</source>
        <translation>Den Code als Bild speichern</translation>
    </message>
    <message>
        <source>Send them the link by a channel that you trust, or let them read this code with Kith.</source>
        <translation>Schick den Link auf einem Weg, dem du vertraust, oder lass diesen Code mit Kith lesen.</translation>
    </message>
    <message>
        <source>The picture could not be saved there. Choose another folder.</source>
        <translation>Dort ließ sich das Bild nicht speichern. Wähle einen anderen Ordner.</translation>
    </message>
    <message>
        <source>This invite has been used. Close this window and make a new one.</source>
        <translation>Diese Einladung ist benutzt. Schließe dieses Fenster und erstelle eine neue.</translation>
    </message>
    <message>
        <source>This invite has expired. Close this window and make a new one.</source>
        <translation>Diese Einladung ist abgelaufen. Schließe dieses Fenster und erstelle eine neue.</translation>
    </message>
    <message>
        <source>This invite was withdrawn. Close this window and make a new one.</source>
        <translation>Diese Einladung ist zurückgezogen. Schließe dieses Fenster und erstelle eine neue.</translation>
    </message>
    <message>
        <source>Works any number of times, until {date} or until you withdraw it under Your invites.</source>
        <translation>Gilt beliebig oft, bis {date} oder bis du sie unter Deine Einladungen zurückziehst.</translation>
    </message>
    <message>
        <source>Works once, for {time}. When it is scanned, Kith asks you to compare four digits.</source>
        <translation>Gilt einmal, noch {time}. Nach dem Scannen bittet dich Kith, vier Ziffern zu vergleichen.</translation>
    </message>
    <message>
        <source>Works once. Expires in {time}, on {date}.</source>
        <translation>Gilt einmal, noch {time}, bis {date}.</translation>
    </message>
    <message>
        <source>You are together: let them scan this screen with Kith.</source>
        <translation>Ihr seid beisammen: Lass diesen Bildschirm mit Kith scannen.</translation>
    </message>
    <message>
        <source>Your invites</source>
        <translation>Deine Einladungen</translation>
    </message>
</context>
<context>
    <name>InvitesDialog</name>
    <message>
        <source>By a link, once</source>
        <translation>Per Link, einmal</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>For many</source>
        <translation>Für viele</translation>
    </message>
    <message>
        <source>In person, once</source>
        <translation>Persönlich, einmal</translation>
    </message>
    <message>
        <source>There is no invite that still works.</source>
        <translation>Es gibt keine Einladung, die noch gilt.</translation>
    </message>
    <message>
        <source>Whoever has one of these can become your contact, or ask to.</source>
        <translation>Wer eine davon hat, kann dein Kontakt werden oder darum bitten.</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>Zurückziehen</translation>
    </message>
    <message>
        <source>Withdraw: {invite}</source>
        <translation>Zurückziehen: {invite}</translation>
    </message>
    <message>
        <source>Your invites</source>
        <translation>Deine Einladungen</translation>
    </message>
    <message>
        <source>until {date}</source>
        <translation>bis {date}</translation>
    </message>
</context>
<context>
    <name>LinkDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>It opens in another program. Whoever runs the page sees your internet address.</source>
        <translation>Er öffnet sich in einem anderen Programm. Wer die Seite betreibt, sieht deine Internetadresse.</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open this link?</source>
        <translation>Diesen Link öffnen?</translation>
    </message>
</context>
<context>
    <name>Lock</name>
    <message>
        <source>Messages keep arriving. The passphrase shows them again.</source>
        <translation>Nachrichten kommen weiter an. Die Passphrase zeigt sie wieder.</translation>
    </message>
    <message>
        <source>Messages keep arriving. This profile opens with the system&apos;s keyring, so whoever sits here can unlock it: set a passphrase in the settings to change that.</source>
        <translation>Nachrichten kommen weiter an. Dieses Profil öffnet der Schlüsselbund des Systems, also kann es jeder entsperren, der hier sitzt: Leg in den Einstellungen eine Passphrase fest, um das zu ändern.</translation>
    </message>
</context>
<context>
    <name>MainPage</name>
    <message>
        <source>Add a contact</source>
        <translation>Kontakt hinzufügen</translation>
    </message>
    <message>
        <source>Add someone to talk to</source>
        <translation>Füge jemanden hinzu</translation>
    </message>
    <message>
        <source>Choose one from the list.</source>
        <translation>Wähle eine aus der Liste.</translation>
    </message>
    <message>
        <source>Invite someone</source>
        <translation>Jemanden einladen</translation>
    </message>
    <message>
        <source>Invite someone by a code or a link.
Or add the link that somebody sent you.</source>
        <translation>Lade jemanden mit einem Code oder einem Link ein.
Oder füge den Link hinzu, den dir jemand geschickt hat.</translation>
    </message>
    <message>
        <source>No conversation is open</source>
        <translation>Keine Unterhaltung ist offen</translation>
    </message>
</context>
<context>
    <name>MessageActions</name>
    <message>
        <source>Another emoji …</source>
        <translation>Anderes Emoji …</translation>
    </message>
    <message>
        <source>Copy text</source>
        <translation>Text kopieren</translation>
    </message>
    <message>
        <source>Delete …</source>
        <translation>Löschen …</translation>
    </message>
    <message>
        <source>Details …</source>
        <translation>Details …</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Go to the quoted message</source>
        <translation>Zur zitierten Nachricht</translation>
    </message>
    <message>
        <source>Open {link}</source>
        <translation>{link} öffnen</translation>
    </message>
    <message>
        <source>React</source>
        <translation>Reagieren</translation>
    </message>
    <message>
        <source>Read the whole message</source>
        <translation>Ganze Nachricht lesen</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>Take back {emoji}</source>
        <translation>{emoji} zurücknehmen</translation>
    </message>
</context>
<context>
    <name>MessageDelegate</name>
    <message>
        <source>New messages</source>
        <translation>Neue Nachrichten</translation>
    </message>
    <message>
        <source>Open the message to read the rest</source>
        <translation>Öffne die Nachricht, um den Rest zu lesen</translation>
    </message>
</context>
<context>
    <name>MessageDetailsDialog</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Empfangen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>Weg</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>Geschrieben</translation>
    </message>
</context>
<context>
    <name>MessageListModel</name>
    <message>
        <source>You</source>
        <translation>Du</translation>
    </message>
    <message>
        <source>in reply to: {text}</source>
        <translation>antwortet auf: {text}</translation>
    </message>
</context>
<context>
    <name>MessageView</name>
    <message>
        <source>Messages</source>
        <translation>Nachrichten</translation>
    </message>
</context>
<context>
    <name>MessageWords</name>
    <message>
        <source>This message is not here.</source>
        <translation>Diese Nachricht ist nicht hier.</translation>
    </message>
    <message>
        <source>This message needs a newer Kith.</source>
        <translation>Für diese Nachricht ist ein neueres Kith nötig.</translation>
    </message>
    <message>
        <source>This message was deleted.</source>
        <translation>Diese Nachricht wurde gelöscht.</translation>
    </message>
    <message>
        <source>delivered</source>
        <translation>zugestellt</translation>
    </message>
    <message>
        <source>directly</source>
        <translation>direkt</translation>
    </message>
    <message>
        <source>edited {time}</source>
        <translation>bearbeitet {time}</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>read</source>
        <translation>gelesen</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>gesendet</translation>
    </message>
    <message>
        <source>through a relay</source>
        <translation>über ein Relay</translation>
    </message>
    <message>
        <source>waits to be sent</source>
        <translation>wartet auf den Versand</translation>
    </message>
    <message>
        <source>within this network</source>
        <translation>innerhalb dieses Netzes</translation>
    </message>
</context>
<context>
    <name>NetworkPage</name>
    <message numerus="yes">
        <source>%Ln contacts connected</source>
        <translation>
            <numerusform>%Ln Kontakt verbunden</numerusform>
            <numerusform>%Ln Kontakte verbunden</numerusform>
        </translation>
    </message>
    <message>
        <source>Accepts connections on port {port}</source>
        <translation>Nimmt Verbindungen auf Port {port} an</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Noch einmal prüfen</translation>
    </message>
    <message>
        <source>Check-up</source>
        <translation>Untersuchung</translation>
    </message>
    <message>
        <source>Checking …</source>
        <translation>Wird geprüft …</translation>
    </message>
    <message>
        <source>Does not look for contacts across the internet</source>
        <translation>Sucht keine Kontakte über das Internet</translation>
    </message>
    <message>
        <source>Does not look for contacts on the local network</source>
        <translation>Sucht keine Kontakte im lokalen Netz</translation>
    </message>
    <message>
        <source>For your information</source>
        <translation>Zur Information</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Looks for contacts across the internet: knows {count} nodes of the DHT</source>
        <translation>Sucht Kontakte über das Internet: kennt {count} Knoten der DHT</translation>
    </message>
    <message>
        <source>Looks for contacts on the local network</source>
        <translation>Sucht Kontakte im lokalen Netz</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>Braucht Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Not reachable</source>
        <translation>Nicht erreichbar</translation>
    </message>
    <message>
        <source>Reachable at {addresses}</source>
        <translation>Erreichbar unter {addresses}</translation>
    </message>
    <message>
        <source>Seen on the internet at {addresses}</source>
        <translation>Im Internet zu sehen unter {addresses}</translation>
    </message>
</context>
<context>
    <name>NewPassphrase</name>
    <message>
        <source>Choose a passphrase: several words that only you know.</source>
        <translation>Wähle eine Passphrase: mehrere Wörter, die nur du kennst.</translation>
    </message>
    <message>
        <source>The two passphrases are not the same.</source>
        <translation>Die beiden Passphrasen sind nicht gleich.</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>This contact has seen messages of yours that this profile does not know. Either it was put back from an old copy, or somebody uses a copy of it elsewhere. If it was not you, somebody else may be writing as you.</source>
        <translation>Dieser Kontakt hat Nachrichten von dir gesehen, die dieses Profil nicht kennt. Entweder wurde es aus einer alten Kopie wiederhergestellt, oder jemand benutzt anderswo eine Kopie davon. Warst du das nicht, schreibt vielleicht jemand anderes in deinem Namen.</translation>
    </message>
    <message>
        <source>Two devices act as this contact: one still uses a session that was replaced. Either an old copy of their profile is in use, or somebody writes in their name. Ask them before you go on, and not here.</source>
        <translation>Zwei Geräte treten als dieser Kontakt auf: Eines benutzt noch eine Sitzung, die ersetzt wurde. Entweder ist eine alte Kopie des Profils in Gebrauch, oder jemand schreibt in fremdem Namen. Frag nach, bevor du weitermachst, und nicht hier.</translation>
    </message>
</context>
<context>
    <name>NotificationsPage</name>
    <message>
        <source>Keep running when the window is closed</source>
        <translation>Weiterlaufen, wenn das Fenster geschlossen wird</translation>
    </message>
    <message>
        <source>Kith stays in the tray and receives messages. Switched off, closing the window ends Kith.</source>
        <translation>Kith bleibt im Infobereich und empfängt Nachrichten. Ausgeschaltet beendet das Schließen des Fensters Kith.</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Mitteilungen</translation>
    </message>
    <message>
        <source>Show name and text in notifications</source>
        <translation>Name und Text in Mitteilungen zeigen</translation>
    </message>
    <message>
        <source>Start Kith when you log in</source>
        <translation>Kith beim Anmelden starten</translation>
    </message>
    <message>
        <source>Tells you of new messages while the window is not in front.</source>
        <translation>Meldet neue Nachrichten, wenn das Fenster nicht vorn ist.</translation>
    </message>
    <message>
        <source>The system does not let Kith change what starts when you log in.</source>
        <translation>Das System lässt Kith nicht ändern, was beim Anmelden startet.</translation>
    </message>
    <message>
        <source>This desktop has no tray: the window asks for attention instead.</source>
        <translation>Dieser Desktop hat keinen Infobereich: Das Fenster macht stattdessen auf sich aufmerksam.</translation>
    </message>
    <message>
        <source>Whoever sees your screen can read them, even while it is locked.</source>
        <translation>Wer deinen Bildschirm sieht, kann sie lesen, auch wenn er gesperrt ist.</translation>
    </message>
</context>
<context>
    <name>Notifier</name>
    <message numerus="yes">
        <source>%Ln new messages</source>
        <translation>
            <numerusform>%Ln neue Nachricht</numerusform>
            <numerusform>%Ln neue Nachrichten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln people want to talk with you</source>
        <translation>
            <numerusform>%Ln Person möchte mit dir reden</numerusform>
            <numerusform>%Ln Personen möchten mit dir reden</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>Passphrase ändern</translation>
    </message>
    <message>
        <source>Current passphrase</source>
        <translation>Bisherige Passphrase</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>Neue Passphrase</translation>
    </message>
    <message>
        <source>New passphrase, once more</source>
        <translation>Neue Passphrase, noch einmal</translation>
    </message>
    <message>
        <source>Nobody can reset a lost passphrase: without it, what is in this profile is lost for good. Copies of the profile that were made before still open with the old one.</source>
        <translation>Niemand kann eine verlorene Passphrase zurücksetzen: Ohne sie ist der Inhalt dieses Profils endgültig verloren. Frühere Kopien des Profils öffnen sich weiter mit der alten.</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>Festlegen</translation>
    </message>
    <message>
        <source>Set a passphrase</source>
        <translation>Passphrase festlegen</translation>
    </message>
</context>
<context>
    <name>PrivacyPage</name>
    <message>
        <source>Contacts see when you are writing to them. Switched off, you do not see when they are.</source>
        <translation>Kontakte sehen, während du ihnen schreibst. Ausgeschaltet siehst du es bei ihnen auch nicht.</translation>
    </message>
    <message>
        <source>Contacts see when you have read their messages. Switched off, you do not see when they read yours.</source>
        <translation>Kontakte sehen, wann du ihre Nachrichten gelesen hast. Ausgeschaltet siehst du es bei ihnen auch nicht.</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Lock when Kith is not used for</source>
        <translation>Sperren, wenn Kith nicht benutzt wird</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nie</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>Privatsphäre</translation>
    </message>
    <message>
        <source>Read receipts</source>
        <translation>Lesebestätigungen</translation>
    </message>
    <message>
        <source>Typing notices</source>
        <translation>Tipphinweise</translation>
    </message>
    <message>
        <source>While locked, Kith shows nothing until the passphrase is entered, and goes on receiving. {keys} locks at once.</source>
        <translation>Ein gesperrtes Kith zeigt nichts, bis die Passphrase kommt, und empfängt weiter. {keys} sperrt sofort.</translation>
    </message>
    <message>
        <source>{count} min</source>
        <translation>{count} min</translation>
    </message>
</context>
<context>
    <name>ProfilePage</name>
    <message>
        <source>An encrypted file with everything in this profile. Kith can import it on another computer, when it first starts.</source>
        <translation>Eine verschlüsselte Datei mit dem ganzen Profil, die Kith auf einem anderen Computer beim ersten Start importieren kann.</translation>
    </message>
    <message>
        <source>As your contacts see it. If you change it, all of them are told.</source>
        <translation>So sehen ihn deine Kontakte. Von einem neuen erfahren sie alle.</translation>
    </message>
    <message>
        <source>Back it up, or move it</source>
        <translation>Sichern oder umziehen</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Export the profile</source>
        <translation>Profil exportieren</translation>
    </message>
    <message>
        <source>It stays the same for life and tells nobody how to reach you: that takes an invite.</source>
        <translation>Sie bleibt ein Leben lang gleich und verrät niemandem, wie man dich erreicht: Dazu braucht es eine Einladung.</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Written to {file}</source>
        <translation>Geschrieben nach {file}</translation>
    </message>
    <message>
        <source>Your ID</source>
        <translation>Deine Kennung</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>Dein Name</translation>
    </message>
</context>
<context>
    <name>RelayDialog</name>
    <message>
        <source>A relay sees the addresses of both sides, when you talk and how much, and cannot read it. Name one that you or somebody you trust runs.</source>
        <translation>Ein Relay sieht die Adressen beider Seiten, wann und wie viel ihr redet, und kann es nicht lesen. Nimm eines, das du oder jemand betreibt, dem du vertraust.</translation>
    </message>
    <message>
        <source>A relay wants a user and a secret, of up to 508 bytes each.</source>
        <translation>Ein Relay braucht Benutzer und Geheimnis, jeweils bis zu 508 Byte.</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add a relay</source>
        <translation>Relay hinzufügen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Secret</source>
        <translation>Geheimnis</translation>
    </message>
    <message>
        <source>Server and port, or a whole turn: address</source>
        <translation>Server und Port oder eine ganze turn:-Adresse</translation>
    </message>
    <message>
        <source>This address is not of the form turn:USER:SECRET@SERVER:PORT?transport=udp, tcp or tls.</source>
        <translation>Diese Adresse hat nicht die Form turn:BENUTZER:GEHEIMNIS@SERVER:PORT?transport=udp, tcp oder tls.</translation>
    </message>
    <message>
        <source>This relay is in the list already.</source>
        <translation>Dieses Relay steht schon in der Liste.</translation>
    </message>
    <message>
        <source>UDP is the fastest; TLS, on port 443, gets through most networks.</source>
        <translation>UDP ist am schnellsten; TLS auf Port 443 kommt durch die meisten Netze.</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>Way to the relay</source>
        <translation>Weg zum Relay</translation>
    </message>
    <message>
        <source>Write the server with its port, such as relay.example.org:3478.</source>
        <translation>Schreib den Server mit seinem Port, etwa relay.example.org:3478.</translation>
    </message>
</context>
<context>
    <name>ReplyBar</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Edit message</source>
        <translation>Nachricht bearbeiten</translation>
    </message>
    <message>
        <source>Reply to {name}: {text}</source>
        <translation>Antwort an {name}: {text}</translation>
    </message>
</context>
<context>
    <name>RequestRow</name>
    <message>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Accept {name}</source>
        <translation>{name} annehmen</translation>
    </message>
    <message>
        <source>Decline</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Decline {name}</source>
        <translation>{name} ablehnen</translation>
    </message>
    <message>
        <source>{name} wants to talk with you</source>
        <translation>{name} möchte mit dir reden</translation>
    </message>
</context>
<context>
    <name>RequestRows</name>
    <message numerus="yes">
        <source>%Ln requests</source>
        <translation>
            <numerusform>%Ln Anfrage</numerusform>
            <numerusform>%Ln Anfragen</numerusform>
        </translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
</context>
<context>
    <name>RequestsDialog</name>
    <message numerus="yes">
        <source>%Ln requests</source>
        <translation>
            <numerusform>%Ln Anfrage</numerusform>
            <numerusform>%Ln Anfragen</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message numerus="yes">
        <source>Decline %Ln requests?</source>
        <translation>
            <numerusform>%Ln Anfrage ablehnen?</numerusform>
            <numerusform>%Ln Anfragen ablehnen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Decline all</source>
        <translation>Alle ablehnen</translation>
    </message>
    <message>
        <source>They are forgotten and not told. With the same invite they may ask again.</source>
        <translation>Sie werden vergessen und erfahren nichts davon. Mit derselben Einladung können sie wieder fragen.</translation>
    </message>
    <message>
        <source>They used an invite that you made for many. Nobody is told when you decline, and whoever you accept is not verified: anybody can use any name.</source>
        <translation>Sie haben eine Einladung benutzt, die du für viele erstellt hast. Von einem Nein erfährt niemand, und wer angenommen wird, ist nicht bestätigt: Jeder kann sich irgendwie nennen.</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search contacts and messages</source>
        <translation>Kontakte und Nachrichten suchen</translation>
    </message>
</context>
<context>
    <name>SearchResults</name>
    <message>
        <source>Nothing was found for “{query}”.</source>
        <translation>Für „{query}“ wurde nichts gefunden.</translation>
    </message>
    <message>
        <source>Search results</source>
        <translation>Suchergebnisse</translation>
    </message>
</context>
<context>
    <name>SearchResultsModel</name>
    <message>
        <source>Contacts</source>
        <translation>Kontakte</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Nachrichten</translation>
    </message>
</context>
<context>
    <name>ServerList</name>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove {server}</source>
        <translation>{server} entfernen</translation>
    </message>
</context>
<context>
    <name>ServersPage</name>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add a relay</source>
        <translation>Relay hinzufügen</translation>
    </message>
    <message>
        <source>Address servers (STUN)</source>
        <translation>Adress-Server (STUN)</translation>
    </message>
    <message>
        <source>Kith runs no servers. Your own can help where two routers let nothing through.</source>
        <translation>Kith betreibt keine Server. Eigene helfen, wo zwei Router nichts durchlassen.</translation>
    </message>
    <message>
        <source>No relay is named.</source>
        <translation>Keines ist angegeben.</translation>
    </message>
    <message>
        <source>Not used: STUN servers are switched off, see Connections.</source>
        <translation>Unbenutzt: STUN-Server sind ausgeschaltet, siehe Verbindungen.</translation>
    </message>
    <message>
        <source>Not used: relays are switched off, see Connections.</source>
        <translation>Unbenutzt: Relays sind ausgeschaltet, siehe Verbindungen.</translation>
    </message>
    <message>
        <source>Relays (TURN)</source>
        <translation>Relays (TURN)</translation>
    </message>
    <message>
        <source>Server and port, such as stun.example.org:3478</source>
        <translation>Server und Port, etwa stun.example.org:3478</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>The command line names others while Kith runs.</source>
        <translation>Solange Kith läuft, gelten andere von der Befehlszeile.</translation>
    </message>
    <message>
        <source>They tell this computer its address on the internet, in place of the public ones.</source>
        <translation>Sie sagen diesem Computer anstelle der öffentlichen seine Adresse im Internet.</translation>
    </message>
    <message>
        <source>Those of Cloudflare, Nextcloud and Google are asked.</source>
        <translation>Gefragt werden die von Cloudflare, Nextcloud und Google.</translation>
    </message>
    <message>
        <source>Where there is no other way, what you and a contact send goes through a relay, encrypted. It is enough that one of you names one.</source>
        <translation>Wo es keinen anderen Weg gibt, geht verschlüsselt durch ein Relay, was du und ein Kontakt sendet. Es genügt, dass einer von euch eines angibt.</translation>
    </message>
    <message>
        <source>Write the server with its port, such as stun.example.org:3478.</source>
        <translation>Schreib den Server mit seinem Port, etwa stun.example.org:3478.</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Subjects</source>
        <translation>Themen</translation>
    </message>
</context>
<context>
    <name>ShowDigitsDialog</name>
    <message>
        <source>Did you scan the code yourself, from the screen of {name}? Then you know for certain who this is.</source>
        <translation>Hast du den Code selbst vom Bildschirm von {name} gescannt? Dann weißt du sicher, wer das ist.</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>Show them these digits. Their screen asks whether they are the same.</source>
        <translation>Zeig diese Ziffern. Der andere Bildschirm fragt, ob es dieselben sind.</translation>
    </message>
    <message>
        <source>Yes, from the screen</source>
        <translation>Ja, vom Bildschirm</translation>
    </message>
    <message>
        <source>You are connected with {name}</source>
        <translation>Du bist mit {name} verbunden</translation>
    </message>
</context>
<context>
    <name>Sizes</name>
    <message numerus="yes">
        <source>%Ln bytes</source>
        <translation>
            <numerusform>%Ln Byte</numerusform>
            <numerusform>%Ln Byte</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Everything in it is encrypted. A copy of the folder is no backup: sessions in it go out of date.</source>
        <translation>Alles darin ist verschlüsselt. Eine Kopie des Ordners ist keine Sicherung: Die Sitzungen darin veralten.</translation>
    </message>
    <message>
        <source>Folder of the profile</source>
        <translation>Ordner des Profils</translation>
    </message>
    <message>
        <source>Kith uses {used}. {free} are free on this disk.</source>
        <translation>Kith belegt {used}. Auf dieser Platte sind {free} frei.</translation>
    </message>
    <message>
        <source>No program opens folders here.</source>
        <translation>Hier öffnet kein Programm Ordner.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Speicher</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Open Kith</source>
        <translation>Kith öffnen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
</context>
<context>
    <name>TroubleBar</name>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Show contact</source>
        <translation>Kontakt zeigen</translation>
    </message>
    <message>
        <source>You have blocked this contact.</source>
        <translation>Du hast diesen Kontakt blockiert.</translation>
    </message>
</context>
<context>
    <name>UnlockPage</name>
    <message>
        <source>Passphrase</source>
        <translation>Passphrase</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>Unlocking …</source>
        <translation>Wird entsperrt …</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Choose the exported profile</source>
        <translation>Wähle das exportierte Profil</translation>
    </message>
    <message>
        <source>Create a new profile instead</source>
        <translation>Stattdessen ein neues Profil anlegen</translation>
    </message>
    <message>
        <source>Create profile</source>
        <translation>Profil anlegen</translation>
    </message>
    <message>
        <source>Creating the profile …</source>
        <translation>Profil wird angelegt …</translation>
    </message>
    <message>
        <source>From {file}. Use a profile on one computer at a time: do not open it any more where it comes from.</source>
        <translation>Aus {file}. Benutze ein Profil nur auf einem Computer zugleich: Das, aus dem es stammt, darf nicht mehr laufen.</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Import a profile</source>
        <translation>Profil importieren</translation>
    </message>
    <message>
        <source>Import an exported profile</source>
        <translation>Exportiertes Profil importieren</translation>
    </message>
    <message>
        <source>Importing …</source>
        <translation>Wird importiert …</translation>
    </message>
    <message>
        <source>Nobody can reset a lost passphrase: without it, what is in this profile is lost for good.</source>
        <translation>Niemand kann eine verlorene Passphrase zurücksetzen: Ohne sie ist der Inhalt dieses Profils endgültig verloren.</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Passphrase</translation>
    </message>
    <message>
        <source>Passphrase of the file</source>
        <translation>Passphrase der Datei</translation>
    </message>
    <message>
        <source>Passphrase, once more</source>
        <translation>Passphrase, noch einmal</translation>
    </message>
    <message>
        <source>Private conversations, from computer to computer.</source>
        <translation>Private Gespräche, von Computer zu Computer.</translation>
    </message>
    <message>
        <source>The file opens with the passphrase that was chosen when it was exported.</source>
        <translation>Die Datei öffnet sich mit der Passphrase, die beim Export gewählt wurde.</translation>
    </message>
    <message>
        <source>Use the system&apos;s keyring instead</source>
        <translation>Stattdessen den Schlüsselbund nutzen</translation>
    </message>
    <message>
        <source>Welcome to Kith</source>
        <translation>Willkommen bei Kith</translation>
    </message>
    <message>
        <source>What should your contacts call you?</source>
        <translation>Wie sollen dich deine Kontakte nennen?</translation>
    </message>
    <message>
        <source>Whoever can log in to your session on this computer can then open Kith.</source>
        <translation>Wer sich an diesem Computer in deine Sitzung anmelden kann, kann dann auch Kith öffnen.</translation>
    </message>
    <message>
        <source>Your name, as your contacts will see it</source>
        <translation>Dein Name, wie ihn deine Kontakte sehen</translation>
    </message>
</context>
<context>
    <name>WholeMessageDialog</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Nachricht</translation>
    </message>
    <message>
        <source>Text of the message</source>
        <translation>Text der Nachricht</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Kith is locked</source>
        <translation>Kith ist gesperrt</translation>
    </message>
    <message>
        <source>Welcome back</source>
        <translation>Willkommen zurück</translation>
    </message>
    <message>
        <source>Your profile is locked.</source>
        <translation>Dein Profil ist gesperrt.</translation>
    </message>
</context>
</TS>
