import type { lessons as english } from '../en/lessons.js';

/** Texts of the Lab's lessons in German. */
export const lessons: Readonly<Record<keyof typeof english, string>> = {
  'lesson.spectrogram.title': 'Was ein Spektrogramm ist',
  'lesson.spectrogram.idea':
    'Ein Spektrogramm zerlegt Klang in kurze, überlappende Stücke und fragt jedes, wie viel von jeder Frequenz darin steckt. Die Länge der Stücke bestimmt, was man sieht: Ein langes Fenster trennt Frequenzen, die nah beieinander liegen, ein kurzes trennt Zeitpunkte. Beides zugleich kann kein Fenster.',
  'lesson.spectrogram.try':
    'Zwei Töne, 440 und 470 Hz, und jede halbe Sekunde ein Klick. Suchen Sie das kürzeste Fenster, das zwei Linien zeigt, und achten Sie dabei auf die Klicks.',
  'lesson.spectrogram.question': 'Warum werden die Töne bei kurzem Fenster zu einer Linie?',
  'lesson.spectrogram.answer':
    'In einem kurzen Stück hatten die Töne keine Zeit, auseinanderzulaufen: Sie unterscheiden sich um weniger als eine Schwingung. Ein Bin ist so breit wie die Abtastrate geteilt durch das Fenster, und die Hauptkeule von Hann überspannt vier davon. Bei 1024 Samples ist ein Bin 21,5 Hz breit; eine Keule deckt dann beide Töne ab.',
  'lesson.spectrogram.broken': 'die Imaginärteile wegwerfen',
  'lesson.spectrogram.why':
    'Das Bild ändert sich kaum, der Klang schon. Der Realteil allein ist das Spektrum eines Frames plus seines zeitlichen Spiegelbilds: Die Hälfte dessen, was Sie hören, läuft in jedem Frame rückwärts.',

  'lesson.windows.title': 'Fenster und COLA',
  'lesson.windows.idea':
    'Um den Klang zurückzubekommen, addiert man die Stücke an ihren Plätzen. Das gelingt, wenn die Fenster sich an jedem Sample zum selben Wert addieren. Das ist die COLA-Bedingung (constant overlap-add); sie hängt von Fenster und Schrittweite gemeinsam ab.',
  'lesson.windows.try':
    'Suchen Sie alle Schrittweiten, bei denen das Hann-Fenster fehlerfrei ist. Dann Blackman: Welche gehen dort?',
  'lesson.windows.question': 'Die Wurzel aus Hann geht hier nie auf. Wozu ist sie gut?',
  'lesson.windows.answer':
    'Für Transformationen, die das Fenster zweimal anwenden, vor der Analyse und nach der Synthese. Die Wurzel, zweimal angewandt, ist Hann, und Hann geht auf. Wer das Spektrum dazwischen ändert, braucht das zweite Fenster: Es glättet die Ränder, die durch die Änderung entstehen.',
  'lesson.windows.broken': 'eine Schrittweite von anderthalb Fenstern',
  'lesson.windows.why':
    'Ein Drittel des Klangs lag nie in einem Fenster. Was nicht analysiert wurde, kommt nicht zurück; die Lücken hören Sie als Schnarren im Takt der Frames.',

  'lesson.mixture.title': 'Eine Mischung ist eine Summe',
  'lesson.mixture.idea':
    'Eine Mischung ist die Summe ihrer Quellen, Sample für Sample. Wer alle bis auf eine kennt, hat auch die letzte: Man zieht die anderen von der Mischung ab. Karaoke, Nulltest und das Residuum jedes Trennverfahrens beruhen auf dieser Subtraktion.',
  'lesson.mixture.try':
    'Die Band wird von der Mischung abgezogen, übrig bleibt die Stimme. Verzögern Sie die Band um ein einziges Sample und lesen Sie den Fehler ab.',
  'lesson.mixture.question':
    'Warum zählt ein Sample so viel, wo doch niemand eine Verzögerung von 45 Millionstelsekunden hört?',
  'lesson.mixture.answer':
    'Die Subtraktion vergleicht Wellen, nicht Höreindrücke. Ein Sample ist für einen Bass ein kleiner Teil der Periode, bei 5,5 kHz aber ein Viertel davon, und dann ist die Differenz größer als der Klang selbst. Hohe Frequenzen kommen zuerst wieder.',
  'lesson.mixture.broken': 'die Band addieren statt abziehen',
  'lesson.mixture.why':
    'Ein falsches Vorzeichen genügt: Die Band ist doppelt im Ergebnis, 6 dB lauter als zuvor.',

  'lesson.masks.title': 'Masken, die sich zu eins addieren',
  'lesson.masks.idea':
    'Eine Maske sagt für jeden Bin, wie viel der Mischung einem Stem gehört. Addieren sich die Masken aller Stems in jedem Bin zu eins, so addieren sich die Stems zur Mischung, wie gut die Masken auch sind. Nichts geht verloren; es ist höchstens im falschen Stem.',
  'lesson.masks.try':
    'Stimme, Harmonie und Schlagzeug werden mit Masken getrennt, die nie kleiner sind als ein gegebener Wert; das mildert Artefakte. Ändern Sie den Wert und beobachten Sie beide Zahlen.',
  'lesson.masks.question': 'Heißt ein perfekter Nulltest, dass die Trennung gut ist?',
  'lesson.masks.answer':
    'Nein. Drei Masken von je einem Drittel bestehen ihn auch und trennen nichts. Der Nulltest zeigt, dass nichts verloren ging oder dazukam; der SDR zeigt, ob es im richtigen Stem landete. Man braucht beides.',
  'lesson.masks.broken': 'die Masken nicht durch ihre Summe teilen',
  'lesson.masks.why':
    'Nun ist die Summe der Masken überall dort größer als eins, wo der kleinste Wert eine anhebt. Jeder Stem für sich klingt etwas besser als zuvor, doch ihre Summe ist nicht mehr der Song.',

  'lesson.binary.title': 'Binär gegen weich',
  'lesson.binary.idea':
    'Eine binäre Maske gibt jeden Bin dem, der dort lauter ist. Eine weiche teilt ihn im Verhältnis der Leistungen. Der Exponent führt vom einen zum anderen: Je größer er ist, desto härter entscheidet die Maske.',
  'lesson.binary.try':
    'Suchen Sie mit dem Exponenten den besten SDR. Vergleichen Sie mit der binären Maske, nach Zahl und nach Gehör.',
  'lesson.binary.question': 'Warum ist der beste Exponent nicht der größte?',
  'lesson.binary.answer':
    'Liegen beide Quellen in einem Bin, so liegt die binäre Entscheidung immer um die ganze leisere Quelle daneben. Ein Anteil liegt im Mittel weniger daneben. Haben die Phasen der Quellen nichts miteinander zu tun, ist das Teilen nach Leistung (Exponent 2) das Wiener-Filter; was am besten ist, hängt von den Klängen ab.',
  'lesson.binary.broken': 'jeder zwanzigste Bin hat den falschen Wert',
  'lesson.binary.why':
    'Einzelne Bins, die aufblitzen und verschwinden, hört man als winzige, zufällige Töne: musikalisches Rauschen. So klingen schlechte Schätzungen, und binäre Masken haben am meisten davon.',

  'lesson.oracle.title': 'Was ein Orakel erreichen kann',
  'lesson.oracle.idea':
    'Ein Orakel macht seine Maske aus den wahren Stems. Kein Trennverfahren kennt sie, also ist in der Praxis keines mit dieser Art Maske besser: Das Orakel ist die Obergrenze. Es zeigt, was allein die Art der Maske kostet.',
  'lesson.oracle.try':
    'Gehen Sie die Arten von Masken durch und suchen Sie das beste Fenster für die binäre. Was macht die komplexe Maske, das die anderen nicht können?',
  'lesson.oracle.question': 'Warum ist selbst das Orakel nicht perfekt?',
  'lesson.oracle.answer':
    'Eine reelle Maske behält die Phase der Mischung. Treffen Stimme und Band in einem Bin aufeinander, ist diese Phase für beide falsch. Die phasenempfindliche Maske berücksichtigt das und nimmt dort weniger; darum ist sie nach SDR die beste reelle. Die komplexe Maske dreht die Phase mit. Hier darf sie nicht verstärken, und das kostet den Rest: Wo die Quellen einander auslöschen, müsste sie es.',
  'lesson.oracle.broken': 'die Maske kommt eine halbe Sekunde zu spät',
  'lesson.oracle.why':
    'Die Maske stimmt, für den Ton davor. Jetzt schneidet sie die Stimme dort aus, wo sie nicht ist. Ein Modell, das den falschen Frame beantwortet, versagt genauso.',

  'lesson.phase.title': 'Phase',
  'lesson.phase.idea':
    'Das Bild zeigt nur Beträge. Die andere Hälfte des Spektrums, die Phase, ist unsichtbar, und ohne sie gibt es keinen Klang. Viele Trennverfahren schätzen Beträge und leihen sich die Phasen der Mischung.',
  'lesson.phase.try':
    'Die Stimme behält die ganze Zeit ihre wahren Beträge. Fügen Sie Phasenfehler hinzu und achten Sie darauf, ab wann Sie es merken. Nehmen Sie dann die Phasen der Mischung.',
  'lesson.phase.question': 'Warum taugen die Phasen der Mischung so gut?',
  'lesson.phase.answer':
    'Wo die Stimme laut ist, macht sie den größten Teil der Mischung aus, und deren Phase ist fast ihre eigene. Falsch ist die Phase dort, wo die Stimme leise ist, und da hängt wenig davon ab.',
  'lesson.phase.broken': 'alle Phasen sind null',
  'lesson.phase.why':
    'In jedem Frame beginnen nun alle Teiltöne gemeinsam an derselben Stelle. Unter allem liegt ein Puls im Takt der Frames: ein Roboter. Das Bild ist immer noch dasselbe.',

  'lesson.griffin-lim.title': 'Griffin-Lim, Runde für Runde',
  'lesson.griffin-lim.idea':
    'Benachbarte Frames überlappen, also müssen ihre Phasen zueinander passen. Griffin und Lim finden damit Phasen, die niemand aufgeschrieben hat: einen Klang machen, sein Spektrum nehmen, die gewünschten Beträge wieder einsetzen, und von vorn.',
  'lesson.griffin-lim.try':
    'Beginnen Sie bei 0 Iterationen, wo alle Phasen null sind, und hören Sie bei 1, 10 und 100. Vergleichen Sie dann die schnelle Variante bei gleicher Anzahl.',
  'lesson.griffin-lim.question': 'Der Abstand sinkt mit jeder Runde. Erreicht er null?',
  'lesson.griffin-lim.answer':
    'Fast nie. Jede Runde kann nur näher kommen oder stehen bleiben, aber die Suche endet in einer Mulde, nicht unbedingt in der tiefsten. Die schnelle Variante geht bei jedem Schritt etwas weiter und kommt so über kleine Grate; ihr Abstand darf für eine Runde steigen.',
  'lesson.griffin-lim.broken': 'Frames, die nicht überlappen',
  'lesson.griffin-lim.why':
    'Der Abstand ist sofort perfekt, und der Klang ist unbrauchbar: Ohne Überlappung passen beliebige Phasen zu den Beträgen. Eine gute Zahl kann bedeuten, dass die Frage zu leicht war.',

  'lesson.nmf.title': 'NMF von Hand',
  'lesson.nmf.idea':
    'Ein Spektrogramm V wird durch W·H angenähert: wenige Spektren (W), jedes mit einem Verlauf seiner Stärke (H), und nirgends etwas Negatives. Immer wieder mit einem Verhältnis zu multiplizieren bringt W·H näher an V. Oft ist eine Komponente am Ende ein Ton.',
  'lesson.nmf.try':
    'Drei Töne werden gespielt (im eingebauten Klang). Hören Sie bei 3 Komponenten jede einzeln, dann bei 2 und bei 5. Beobachten Sie die Divergenz über den Iterationen.',
  'lesson.nmf.question': 'Mit mehr Komponenten sinkt die Divergenz. Ist die Trennung dann besser?',
  'lesson.nmf.answer':
    'Nicht unbedingt. Bei fünf Komponenten kann ein Ton in Anfang und Ende zerfallen, jedes näher am Bild, und jemand muss sagen, was zusammengehört. Die Zahl, die am besten passt, ist nicht die Zahl der Quellen.',
  'lesson.nmf.broken': 'jeder zweite Bin von W beginnt bei null',
  'lesson.nmf.why':
    'Null mal irgendetwas ist null: Durch Multiplizieren kommt man von ihr nie los. Die Hälfte des Spektrums fehlt für immer; darum darf NMF nicht bei Nullen beginnen.',

  'lesson.repetition.title': 'Wiederholung',
  'lesson.repetition.idea':
    'In viel Musik kehrt die Band immer wieder, während die Stimme weitergeht. Der Median über alle Wiederholungen behält, was immer da ist, und lässt weg, was einmal da war. Was darüber hinausragt, ist die Stimme. Das ist REPET.',
  'lesson.repetition.try':
    'Lesen Sie die Periode der Band aus der Kurve ab, stellen Sie sie ein und hören Sie hin. Die halbe Periode geht beinahe; warum?',
  'lesson.repetition.question': 'Wie fände ein Programm die Periode selbst?',
  'lesson.repetition.answer':
    'So wie Sie: Es vergleicht das Spektrogramm mit sich selbst, der Reihe nach um jede Periode verschoben. Die Ähnlichkeit hat Spitzen, wo der Song sich wiederholt. Die erste hohe, deren Vielfache auch hoch sind, ist die Periode. Die halbe geht bei der eingebauten Band beinahe, weil das Schlagzeug nach einer halben Sekunde wiederkehrt; nur die Akkorde brauchen eine ganze.',
  'lesson.repetition.broken': 'eine Band, die keinen Takt zweimal spielt',
  'lesson.repetition.why':
    'Stellen Sie eine Sekunde ein: Das Schlagzeug geht noch weg, die Akkorde bleiben bei der Stimme. Ein Verfahren ist so gut wie das, was es voraussetzt.',

  'lesson.networks.title': 'Von Masken zu Netzen',
  'lesson.networks.idea':
    'Bisher schrieb ein Mensch auf, wie die Maske entsteht. Ein Netz bekommt stattdessen Beispiele: Spektren von Mischungen und die Masken, die richtig gewesen wären. Dieses hat 16 verborgene Werte und lernt in Ihrem Browser, aus der ersten Hälfte des Klangs. Gemessen wird es an der zweiten, die es nie gesehen hat.',
  'lesson.networks.try':
    'Trainieren Sie es mit immer mehr Schritten. Vergleichen Sie die Kurve (Frames, aus denen es lernt) mit dem Fehler bei ungesehenen Frames.',
  'lesson.networks.question':
    'Die Kurve fällt bis zum Schluss, der Fehler bei ungesehenen Frames nicht. Was passiert?',
  'lesson.networks.answer':
    'Es lernt seine Hälfte auswendig. Das ist Überanpassung: Ab einem Punkt wird es nur noch bei dem besser, was es gesehen hat. Mehr und vielfältigere Beispiele helfen, und rechtzeitig aufzuhören. Große Trennverfahren sind derselbe Gedanke, mit Millionen Gewichten und Stunden von Musik.',
  'lesson.networks.broken': 'aus den Masken der Band lernen',
  'lesson.networks.why':
    'Die Antworten sind vertauscht, und der Fehler beim Lernen fällt so schön wie zuvor: Jetzt hören Sie die Band. Ein Netz lernt, was man ihm zeigt. Ein fallender Fehler sagt nichts darüber, ob die Beispiele stimmen.',

  'lesson.measuring.title': 'Wie man misst',
  'lesson.measuring.idea':
    'Der SDR vergleicht die Energie des wahren Stems mit der Energie der Differenz, in dB. Er ist genau, zählt aber alles als Fehler, was ein Sample verändert: auch das, was niemand hört. Der SI-SDR skaliert den wahren Stem zuerst passend.',
  'lesson.measuring.try':
    'Machen Sie die Schätzung leiser und beobachten Sie beide Zahlen. Vergleichen Sie dann Übersprechen, Rauschen und Löcher: Stimmt die Reihenfolge der Zahlen mit Ihrem Gehör überein?',
  'lesson.measuring.question': 'Welche der beiden sollte man angeben?',
  'lesson.measuring.answer':
    'Es kommt darauf an, ob der Pegel zählt. In einem Editor, dessen Stems sich zum Song addieren müssen, zählt er: SDR. Für eine einzelne Stimme, die danach ihren eigenen Pegel bekommt, ist der SI-SDR gerecht. Keine Zahl allein ersetzt das Hören, und eine Zahl ohne Definition sagt nichts.',
  'lesson.measuring.broken': 'die Schätzung kommt zwanzig Samples zu spät',
  'lesson.measuring.why':
    'Weniger als eine Tausendstelsekunde: Sie hören dasselbe, und beide Zahlen fallen unter null. Ist eine Wertung überraschend schlecht, suchen Sie zuerst nach einer Verzögerung.',
};
