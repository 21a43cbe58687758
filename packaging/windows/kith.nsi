; Installer for Windows: per user, so no administrator is asked; scheme handler, firewall rule on request, uninstaller.
;   makensis -DVERSION=0.1.0 packaging/windows/kith.nsi      after packaging/bundle.py
Unicode true
!ifndef VERSION
  !error "makensis -DVERSION=..."
!endif
!ifndef BUNDLE
  !define BUNDLE "..\..\build\dist\kith"
!endif
!ifndef ICONS
  !define ICONS "..\..\build\icons"
!endif
!ifndef RESULT
  !define RESULT "..\..\build\Kith-${VERSION}-setup.exe"
!endif
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\im.kith.Kith"
!define MUI_ICON "${ICONS}\kith.ico"
!define MUI_UNICON "${ICONS}\kith.ico"

Name "Kith"
OutFile "${RESULT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Kith"
SetCompressor /SOLID lzma
!include "MUI2.nsh"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

Section "Kith"
  SectionIn RO
  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}\*"
  File "${ICONS}\kith.ico"
  CreateShortcut "$SMPROGRAMS\Kith.lnk" "$INSTDIR\kith.exe" "" "$INSTDIR\kith.ico"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ; kith: links
  WriteRegStr HKCU "Software\Classes\kith" "" "URL:Kith link"
  WriteRegStr HKCU "Software\Classes\kith" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\kith\DefaultIcon" "" "$INSTDIR\kith.ico"
  WriteRegStr HKCU "Software\Classes\kith\shell\open\command" "" '"$INSTDIR\kith.exe" "%1"'
  WriteRegStr HKCU "${KEY}" "DisplayName" "Kith"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\kith.ico"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

; Without this rule Windows asks when Kith listens for the first time; adding it asks for an administrator.
Section /o "Let contacts connect (firewall rule)"
  ExecShellWait "runas" "netsh" 'advfirewall firewall add rule name="Kith" dir=in action=allow program="$INSTDIR\kith.exe" enable=yes' SW_HIDE
SectionEnd

Section "Uninstall"
  ; The profile in %LOCALAPPDATA%\kith is the person's and stays.
  RMDir /r "$INSTDIR"
  Delete "$SMPROGRAMS\Kith.lnk"
  DeleteRegKey HKCU "Software\Classes\kith"
  DeleteRegKey HKCU "${KEY}"
SectionEnd
