import type { failures as english } from '../en/failures.js';

/** Fehler der Engine, nach ihrem Code. */
export const failures: Readonly<Record<keyof typeof english, string>> = {
  'failure.invalid-argument': 'So ist das nicht möglich.',
  'failure.file-not-found': 'Eine Datei oder ein Ordner fehlt.',
  'failure.permission-denied': 'Der Zugriff auf eine Datei oder einen Ordner wurde verweigert.',
  'failure.not-audio': 'Das ist keine Audiodatei.',
  'failure.no-audio-stream': 'Die Datei enthält keinen Ton.',
  'failure.empty-audio': 'Die Datei enthält keine Samples.',
  'failure.unsupported-format': 'Dieses Format wird nicht unterstützt.',
  'failure.damaged-audio': 'Die Audiodatei ist beschädigt.',
  'failure.too-large': 'Das ist zu groß.',
  'failure.decode-failed': 'Die Audiodatei konnte nicht dekodiert werden.',
  'failure.encode-failed': 'Eine Datei konnte nicht kodiert werden.',
  'failure.verify-failed': 'Geschrieben wurde etwas anderes, als geschrieben werden sollte.',
  'failure.output-exists': 'Unter diesem Namen gibt es schon etwas.',
  'failure.outside-output-folder': 'Dieser Pfad führt aus dem Ausgabeordner hinaus.',
  'failure.disk-full':
    'Auf dem Datenträger ist nicht genug Platz. Geben Sie Speicherplatz frei und versuchen Sie es erneut.',
  'failure.io-error': 'Lesen oder Schreiben ist fehlgeschlagen.',
  'failure.project-damaged': 'Das Projekt ist beschädigt.',
  'failure.project-locked': 'Ein anderes Programm arbeitet gerade daran.',
  'failure.project-open': 'Dieses Projekt ist bereits geöffnet.',
  'failure.session-elsewhere': 'Dieser Song ist in einem anderen Fenster geöffnet.',
  'failure.track-gone': 'Diese Spur gibt es nicht mehr.',
  'failure.source-moved': 'Der Song liegt nicht mehr dort, wo er war.',
  'failure.source-changed': 'Die Datei des Songs hat sich geändert.',
  'failure.sidecar-damaged': 'Die Datei mit den Angaben zu den Stems ist beschädigt.',
  'failure.model-not-found': 'Dieses Modell ist nicht vorhanden oder lässt sich nicht herunterladen.',
  'failure.model-manifest-invalid': 'Das Manifest des Modells enthält einen Fehler.',
  'failure.model-file-invalid': 'Die Modelldatei ist beschädigt oder nicht die richtige.',
  'failure.model-hash-mismatch':
    'Die Modelldatei hat sich geändert. Löschen Sie das Modell und laden Sie es neu herunter.',
  'failure.model-incompatible': 'Unbraid kann dieses Modell nicht ausführen.',
  'failure.download-failed':
    'Der Download ist abgebrochen. Was schon da ist, bleibt erhalten; versuchen Sie es später erneut.',
  'failure.download-refused':
    'Der Server gibt die Datei nicht heraus. Laden Sie sie von der Seite des Modells und importieren Sie sie.',
  'failure.licence-not-accepted': 'Die Lizenz wurde nicht akzeptiert.',
  'failure.inference-failed': 'Beim Ausführen des Modells ist ein Fehler aufgetreten.',
  'failure.out-of-memory':
    'Der Arbeitsspeicher reicht nicht. Schließen Sie andere Programme oder wählen Sie ein kleineres Modell.',
  'failure.device-unavailable': 'Dieses Gerät lässt sich hier nicht verwenden.',
  'failure.process-died': 'Ein Prozess der Engine wurde unerwartet beendet.',
  'failure.timeout': 'Es kam zu lange keine Antwort.',
  'failure.cancelled': 'Abgebrochen.',
  'failure.no-beat': 'Es wurde kein Beat gefunden.',
  'failure.not-cola':
    'Mit diesem Fenster und dieser Schrittweite lässt sich der Klang nicht wieder zusammensetzen.',
  'failure.not-in-this-host': 'Im Browser ist das nicht möglich.',
  'failure.internal': 'In Unbraid ist ein Fehler aufgetreten.',
};
