#!/bin/sh
# Installs the fonts that the page generator draws with and holds the files against their recorded digests.
# `fonts-liberation` (version 1) lacks most Vietnamese capitals and must not stand in for `fonts-liberation2`.
set -eu
cd "$(dirname "$0")"
packages="fonts-cantarell fonts-cmu fonts-dejavu-core fonts-dejavu-extra fonts-ebgaramond fonts-freefont-ttf
fonts-junicode fonts-lato fonts-liberation2 fonts-linuxlibertine fonts-manrope fonts-noto-core fonts-noto-extra fonts-open-sans fonts-roboto-unhinted
fonts-sil-andika fonts-sil-charis fonts-sil-doulos fonts-sil-gentiumplus fonts-vollkorn fonts-yrsa-rasa"
missing=""
for package in $packages; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
    apt-get update
    # shellcheck disable=SC2086
    apt-get install -y --no-install-recommends $missing
fi
sha256sum --quiet -c fonts.sha256
echo "fonts: all $(wc -l < fonts.sha256) files are the recorded ones"
