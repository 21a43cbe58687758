#!/usr/bin/env bash
# Makes build/Kith-VERSION.dmg out of build/dist/Kith.app; signs and notarises where the keys are given:
#   KITH_SIGN_IDENTITY   name of the Developer ID certificate in the keychain
#   KITH_NOTARY_PROFILE  profile stored by "xcrun notarytool store-credentials"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../build
app=$build/dist/Kith.app
image=$build/Kith-$1.dmg
if [ -n "${KITH_SIGN_IDENTITY:-}" ]; then
    codesign --force --deep --timestamp --options runtime --entitlements "$here/entitlements.plist" \
        --sign "$KITH_SIGN_IDENTITY" "$app"
fi
rm -f "$image"
hdiutil create -volname Kith -srcfolder "$app" -format UDZO "$image"
if [ -n "${KITH_NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$KITH_NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
