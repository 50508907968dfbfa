import type { warnings as english } from '../en/warnings.js';

export const warnings: Readonly<Record<keyof typeof english, string>> = {
  'warning.in-pieces': 'Der Song ist zu lang für {model}: Er wurde in {count} Stücken getrennt',
  'warning.shorter-segments':
    '{provider}: {message}; der Song wurde stattdessen in Abschnitten von {seconds} s getrennt',
  'warning.on-cpu': '{provider} ist ausgefallen ({message}); der Song wurde stattdessen auf der CPU getrennt',
  'warning.not-used': '{provider} wird nicht benutzt: {why}',
  'warning.differs': '{provider} wich im Test um {difference} von der CPU ab und wird nicht benutzt',
  'warning.process-ended': 'Ein Rechenprozess ist abgebrochen ({message}); verbleibende Prozesse: {count}',
  'warning.lowered':
    'Alle Ausgaben um {decibels} dB verändert, damit keine übersteuert; 32-Bit-Float braucht das nicht',
  'warning.not-installed': 'nicht installiert',
  'warning.software-adapter': 'es gibt nur einen Software-Grafiktreiber',
  'warning.no-card': 'es gibt keine Grafikkarte',
  'warning.failed-probe': 'beim Test fehlgeschlagen ({message})',
  'warning.ended-probe': 'der Prozess ist beim Test abgestürzt ({message})',
  'warning.failed-song': 'bei einem Song ausgefallen ({message})',
  'warning.differed': '{provider} wich im Test um {difference} von der CPU ab',
  'warning.slower': 'braucht {times}-mal so lange wie die CPU',
};
