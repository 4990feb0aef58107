#!/bin/sh
# Makes the audio and the video of the demo courses from our own words and drawings. Needs ffmpeg and espeak-ng.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { espeak-ng -v "$1" -s "$2" -w "$work/$3.wav" "$4"; }
join() { # output, parts…
  out=$1; shift
  for part in "$@"; do printf "file '%s'\n" "$work/$part.wav"; done > "$work/list"
  ffmpeg -v error -y -f concat -safe 0 -i "$work/list" -ac 1 -ar 24000 -b:a 32k "$out"
}
say it+m3 135 a1 "Buongiorno, sono della banca. Il suo conto è bloccato."
say it+f2 135 a2 "Oh no! Che cosa devo fare?"
say it+m3 145 a3 "Presto! Mi dica il codice che le è arrivato sul telefono. Entro cinque minuti, o perde tutto."
say it+f2 130 a4 "No. Il codice non lo do a nessuno. Adesso chiudo, e chiamo io il numero scritto sulla carta."
join truffa.mp3 a1 a2 a3 a4
say it+f2 120 b1 "Scusi, può aiutarmi? Non ho capito."
say it+m3 120 b2 "Certo. Prendi la cassetta, e mettila sul camion."
say it+f2 120 b3 "Che cosa vuol dire: camion?"
say it+m3 120 b4 "È quello là: il grande mezzo bianco."
say it+f2 120 b5 "Ho capito. Grazie!"
join aiuto.mp3 b1 b2 b3 b4 b5
say it+f2 130 c1 "Per mandare un documento con la mail, comincia così: tocca Scrivi. Poi scrivi l'indirizzo e l'oggetto."
say it+f2 130 c2 "Adesso metti il foglio sul tavolo, vicino alla finestra. Fai la foto, diritta e chiara."
say it+f2 130 c3 "Torna alla mail. Tocca la graffetta, e scegli la foto."
say it+f2 130 c4 "Aspetta che finisca di caricare. Rileggi. Poi tocca Invia. Fatto!"
n=0; start=0; : > "$work/clips"
printf 'WEBVTT\n' > allegato.vtt
stamp() { awk -v t="$1" 'BEGIN{printf "%02d:%02d:%06.3f", t/3600, (t%3600)/60, t%60}'; }
for scene in "mail|Per mandare un documento con la mail, comincia così: tocca «Scrivi». Poi scrivi l'indirizzo e l'oggetto." \
  "telefono|Adesso metti il foglio sul tavolo, vicino alla finestra. Fai la foto, diritta e chiara." \
  "allegato|Torna alla mail. Tocca la graffetta e scegli la foto." \
  "curriculum|Aspetta che finisca di caricare. Rileggi. Poi tocca «Invia». Fatto!"; do
  n=$((n + 1)); picture=${scene%%|*}; words=${scene#*|}
  long=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/c$n.wav")
  ffmpeg -v error -y -loop 1 -framerate 10 -t "$long" -i "$picture.webp" -i "$work/c$n.wav" -vf scale=640:360,format=yuv420p \
    -c:v libx264 -preset slow -crf 30 -tune stillimage -c:a aac -b:a 40k -ac 1 -ar 24000 -shortest "$work/s$n.mp4"
  echo "file '$work/s$n.mp4'" >> "$work/clips"
  end=$(awk -v a="$start" -v b="$long" 'BEGIN{print a+b}')
  printf '\n%s --> %s\n%s\n' "$(stamp "$start")" "$(stamp "$end")" "$words" >> allegato.vtt
  start=$end
done
ffmpeg -v error -y -f concat -safe 0 -i "$work/clips" -c copy -movflags +faststart allegato.mp4
