#!/bin/sh
# Installs the fonts that the page generator draws with and holds the files against their recorded digests.
# `fonts-liberation` (version 1) lacks most Vietnamese capitals and must not stand in for `fonts-liberation2`.
set -eu
cd "$(dirname "$0")"
packages="fonts-arapey fonts-cantarell fonts-clear-sans fonts-cmu fonts-comfortaa fonts-dejavu-core fonts-dejavu-extra
fonts-ebgaramond fonts-elstob fonts-freefont-ttf fonts-gfs-artemisia fonts-gfs-didot fonts-jetbrains-mono fonts-junicode
fonts-jura fonts-lato fonts-league-mono fonts-league-spartan fonts-liberation2 fonts-linuxlibertine fonts-lmodern
fonts-manrope fonts-mplus fonts-noto-core fonts-noto-extra fonts-noto-mono fonts-open-sans fonts-quicksand
fonts-roboto-unhinted fonts-sil-andika fonts-sil-charis fonts-sil-doulos fonts-sil-gentiumplus fonts-texgyre
fonts-vollkorn fonts-yanone-kaffeesatz fonts-yrsa-rasa"
missing=""
for package in $packages; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
    apt-get update
    # shellcheck disable=SC2086
    apt-get install -y --no-install-recommends $missing
fi
# This package (0.5 GB) brings all of TeX with it; only its fonts are wanted.
extra=/usr/local/share/fonts/texlive-fonts-extra
if ! sha256sum --status -c fonts.sha256; then
    echo "fonts: fetching those of texlive-fonts-extra"
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    mkdir -p "$extra"
    (
        cd "$folder"
        apt-get download texlive-fonts-extra
        dpkg-deb -x texlive-fonts-extra_*.deb .
    )
    sed -n "s|.* $extra/||p" fonts.sha256 | while read -r name; do
        find "$folder" -name "$name" -type f -exec cp {} "$extra/" \;
    done
fi
sha256sum --quiet -c fonts.sha256
echo "fonts: all $(wc -l < fonts.sha256) files are the recorded ones"
