#!/usr/bin/env bash
# Makes build/Kith-VERSION-x86_64.AppImage out of build/dist/kith; needs appimagetool on the PATH.
set -euo pipefail
packaging=$(cd "$(dirname "$0")/.." && pwd)
build=$packaging/../build
tree=$build/Kith.AppDir
rm -rf "$tree"
mkdir -p "$tree/usr/lib" "$tree/usr/share/metainfo"
cp -r "$build/dist/kith" "$tree/usr/lib/kith"
cp "$packaging/debian/im.kith.Kith.desktop" "$tree/im.kith.Kith.desktop"
cp "$packaging/icons/kith.svg" "$tree/im.kith.Kith.svg"
sed "s/@VERSION@/$1/; s/@DATE@/$(date -u +%Y-%m-%d)/" "$packaging/debian/im.kith.Kith.metainfo.xml" \
    > "$tree/usr/share/metainfo/im.kith.Kith.appdata.xml"
ln -s usr/lib/kith/kith "$tree/AppRun"
ARCH=x86_64 appimagetool "$tree" "$build/Kith-$1-x86_64.AppImage"
