import type { lessons as english } from '../en/lessons.js';

/** Texts of the Lab's lessons in French. */
export const lessons: Readonly<Record<keyof typeof english, string>> = {
  'lesson.spectrogram.title': 'Ce qu’est un spectrogramme',
  'lesson.spectrogram.idea':
    'Un spectrogramme découpe le son en morceaux courts qui se recouvrent, et demande à chacun combien il contient de chaque fréquence. La longueur du morceau décide de ce qu’on voit : une fenêtre longue distingue des fréquences voisines, une courte distingue des instants. Aucune ne fait les deux.',
  'lesson.spectrogram.try':
    'Deux sons, 440 et 470 Hz, et un clic toutes les demi-secondes. Trouvez la fenêtre la plus courte qui montre deux lignes, en regardant aussi les clics.',
  'lesson.spectrogram.question': 'Pourquoi les deux sons se confondent-ils quand la fenêtre est courte ?',
  'lesson.spectrogram.answer':
    'Dans un morceau court, ils n’ont pas eu le temps de s’écarter : ils diffèrent de moins d’un tour. Une case est large comme la fréquence d’échantillonnage divisée par la fenêtre, et le lobe de Hann en couvre quatre. Avec 1024 échantillons, une case fait 21,5 Hz : un seul lobe recouvre les deux sons.',
  'lesson.spectrogram.broken': 'jeter les parties imaginaires',
  'lesson.spectrogram.why':
    'L’image change à peine, le son beaucoup. La partie réelle seule est le spectre d’une trame plus son image renversée dans le temps : la moitié de ce que vous entendez va à l’envers dans chaque trame.',

  'lesson.windows.title': 'Fenêtres et COLA',
  'lesson.windows.idea':
    'Pour retrouver le son, on additionne les morceaux à leur place. Cela marche si la somme des fenêtres a la même valeur à chaque échantillon. C’est la condition COLA (constant overlap-add) ; elle dépend à la fois de la fenêtre et du pas.',
  'lesson.windows.try':
    'Trouvez tous les pas pour lesquels la fenêtre de Hann est sans erreur. Essayez ensuite Blackman : lesquels conviennent ?',
  'lesson.windows.question': 'La racine de Hann ne convient jamais ici. À quoi sert-elle ?',
  'lesson.windows.answer':
    'Aux transformées qui appliquent la fenêtre deux fois, avant l’analyse et après la synthèse. Deux fois la racine donne Hann, qui convient. Qui modifie le spectre entre les deux a besoin de cette seconde fenêtre : elle adoucit les bords créés par la modification.',
  'lesson.windows.broken': 'un pas d’une fenêtre et demie',
  'lesson.windows.why':
    'Un tiers du son n’a été dans aucune fenêtre. Ce qui n’a pas été analysé ne peut pas revenir ; les trous s’entendent comme un bourdonnement au rythme des trames.',

  'lesson.mixture.title': 'Un mélange est une somme',
  'lesson.mixture.idea':
    'Un mélange est la somme de ses sources, échantillon par échantillon. Qui les a toutes sauf une possède donc aussi la dernière : il suffit de retirer les autres du mélange. Le karaoké, le test nul et le résidu de tout séparateur reposent sur cette soustraction.',
  'lesson.mixture.try':
    'L’orchestre est soustrait du mélange ; il reste la voix. Retardez l’orchestre d’un seul échantillon et lisez l’erreur.',
  'lesson.mixture.question':
    'Pourquoi un échantillon compte-t-il autant, alors que personne n’entend un retard de 45 millionièmes de seconde ?',
  'lesson.mixture.answer':
    'La soustraction compare des ondes, pas ce qu’on entend. Un échantillon est une petite part de la période d’une basse, mais un quart de celle d’un son à 5,5 kHz, et la différence est alors plus forte que le son lui-même. Les aigus reviennent en premier.',
  'lesson.mixture.broken': 'additionner l’orchestre au lieu de le soustraire',
  'lesson.mixture.why':
    'Un signe faux suffit : l’orchestre est deux fois dans le résultat, 6 dB plus fort qu’avant.',

  'lesson.masks.title': 'Des masques dont la somme vaut un',
  'lesson.masks.idea':
    'Un masque dit, pour chaque case, quelle part du mélange revient à une piste. Si la somme des masques vaut un dans chaque case, la somme des pistes est le mélange, quelle que soit la qualité des masques. Rien n’est perdu ; c’est au pire dans la mauvaise piste.',
  'lesson.masks.try':
    'Voix, harmonie et batterie sont séparées par des masques qui ne descendent jamais sous une valeur donnée, ce qui adoucit les artefacts. Changez cette valeur et suivez les deux chiffres.',
  'lesson.masks.question': 'Un test nul parfait prouve-t-il que la séparation est bonne ?',
  'lesson.masks.answer':
    'Non. Trois masques d’un tiers le réussissent aussi et ne séparent rien. Le test nul montre que rien n’a été perdu ni inventé ; le SDR montre si c’est allé dans la bonne piste. Il faut les deux.',
  'lesson.masks.broken': 'ne pas diviser les masques par leur somme',
  'lesson.masks.why':
    'La somme des masques dépasse maintenant un partout où la valeur minimale en soutient un. Chaque piste seule sonne un peu mieux, mais leur somme n’est plus le morceau.',

  'lesson.binary.title': 'Binaire contre doux',
  'lesson.binary.idea':
    'Un masque binaire donne chaque case à la source la plus forte. Un masque doux la partage en proportion des puissances. L’exposant mène de l’un à l’autre : plus il est grand, plus le masque tranche.',
  'lesson.binary.try':
    'Cherchez l’exposant du meilleur SDR. Comparez avec le masque binaire, au chiffre et à l’oreille.',
  'lesson.binary.question': 'Pourquoi le meilleur exposant n’est-il pas le plus grand ?',
  'lesson.binary.answer':
    'Quand les deux sources sont dans une case, le choix binaire se trompe toujours de toute la plus petite. Un partage se trompe moins en moyenne. Si les phases des sources n’ont rien à voir entre elles, le partage selon la puissance (exposant 2) est le filtre de Wiener ; le meilleur dépend des sons.',
  'lesson.binary.broken': 'une case sur vingt a la mauvaise valeur',
  'lesson.binary.why':
    'Des cases isolées qui s’allument puis s’éteignent s’entendent comme de minuscules sons aléatoires : le bruit musical. C’est le son des mauvaises estimations, et les masques binaires en ont le plus.',

  'lesson.oracle.title': 'Ce qu’un oracle peut atteindre',
  'lesson.oracle.idea':
    'Un oracle fait son masque à partir des vraies pistes. Aucun séparateur ne les connaît, donc en pratique aucun ne fait mieux avec ce type de masque : l’oracle est un plafond. Il montre ce que coûte le seul type de masque.',
  'lesson.oracle.try':
    'Parcourez les types de masques, puis cherchez la meilleure fenêtre pour le binaire. Que fait le masque complexe que les autres ne peuvent pas faire ?',
  'lesson.oracle.question': 'Pourquoi même l’oracle n’est-il pas parfait ?',
  'lesson.oracle.answer':
    'Un masque réel garde la phase du mélange. Là où voix et orchestre se rencontrent, cette phase est fausse pour les deux. Le masque sensible à la phase en tient compte et y prend moins : c’est le meilleur masque réel selon le SDR. Le masque complexe, lui, tourne aussi la phase. Ici il n’a pas le droit d’amplifier, ce qui coûte le reste : là où les sources s’annulent, il le faudrait.',
  'lesson.oracle.broken': 'le masque arrive une demi-seconde trop tard',
  'lesson.oracle.why':
    'Le masque est juste, pour la note d’avant. Il découpe la voix là où elle n’est pas. Un modèle qui répond à la mauvaise trame échoue de la même façon.',

  'lesson.phase.title': 'La phase',
  'lesson.phase.idea':
    'L’image ne montre que les modules. L’autre moitié du spectre, la phase, est invisible, et sans elle il n’y a pas de son. Beaucoup de séparateurs estiment les modules et empruntent les phases du mélange.',
  'lesson.phase.try':
    'La voix garde toujours ses vrais modules. Ajoutez des erreurs de phase et notez quand vous commencez à les entendre. Prenez ensuite les phases du mélange.',
  'lesson.phase.question': 'Pourquoi les phases du mélange conviennent-elles si bien ?',
  'lesson.phase.answer':
    'Là où la voix est forte, elle fait l’essentiel du mélange, dont la phase est presque la sienne. La phase est fausse là où la voix est faible, et peu de chose en dépend.',
  'lesson.phase.broken': 'toutes les phases sont nulles',
  'lesson.phase.why':
    'Dans chaque trame, tous les partiels commencent maintenant ensemble, au même endroit. Une pulsation au rythme des trames s’entend sous tout le reste : un robot. L’image est toujours la même.',

  'lesson.griffin-lim.title': 'Griffin-Lim, itération par itération',
  'lesson.griffin-lim.idea':
    'Les trames voisines se recouvrent, donc leurs phases doivent s’accorder. Griffin et Lim s’en servent pour trouver des phases que personne n’a notées : faire un son, prendre son spectre, y remettre les modules voulus, et recommencer.',
  'lesson.griffin-lim.try':
    'Commencez à 0 itération, où toutes les phases sont nulles, et écoutez à 1, 10 et 100. Comparez ensuite la variante rapide au même nombre d’itérations.',
  'lesson.griffin-lim.question': 'L’écart diminue à chaque itération. Atteint-il zéro ?',
  'lesson.griffin-lim.answer':
    'Presque jamais. Chaque itération ne peut que rapprocher ou stagner, mais la recherche finit dans un creux, pas forcément le plus profond. La variante rapide va un peu au-delà à chaque pas, ce qui lui fait passer de petites crêtes ; son écart peut augmenter le temps d’une itération.',
  'lesson.griffin-lim.broken': 'des trames qui ne se recouvrent pas',
  'lesson.griffin-lim.why':
    'L’écart est parfait d’emblée, et le son inutilisable : sans recouvrement, n’importe quelles phases conviennent aux modules. Un bon chiffre peut vouloir dire que la question était trop facile.',

  'lesson.nmf.title': 'La NMF à la main',
  'lesson.nmf.idea':
    'Un spectrogramme V est approché par W·H : quelques spectres (W), chacun avec un gain au cours du temps (H), sans rien de négatif. Multiplier encore et encore par un rapport rapproche W·H de V. Souvent, une composante finit par être une note.',
  'lesson.nmf.try':
    'Trois notes sont jouées (dans le son intégré). Écoutez une à une les composantes avec 3, puis 2, puis 5 d’entre elles. Suivez la divergence au fil des itérations.',
  'lesson.nmf.question': 'Avec plus de composantes, la divergence baisse. La séparation est-elle meilleure ?',
  'lesson.nmf.answer':
    'Pas forcément. Avec cinq composantes, une note peut se diviser en début et fin, chacun plus proche de l’image, et quelqu’un doit dire lesquels vont ensemble. Le nombre qui convient le mieux n’est pas le nombre de sources.',
  'lesson.nmf.broken': 'une case sur deux de W commence à zéro',
  'lesson.nmf.why':
    'Zéro fois n’importe quoi fait zéro : les mises à jour qui multiplient n’en sortent jamais. La moitié du spectre manque pour toujours ; c’est pourquoi la NMF ne doit pas partir de zéros.',

  'lesson.repetition.title': 'La répétition',
  'lesson.repetition.idea':
    'Dans beaucoup de musiques, l’orchestre revient sans cesse pendant que la voix avance. La médiane de toutes les répétitions garde ce qui est toujours là et laisse ce qui ne vient qu’une fois. Ce qui dépasse est la voix. C’est REPET.',
  'lesson.repetition.try':
    'Trouvez la période de l’orchestre sur la courbe, réglez-la et écoutez. La moitié de la période marche presque ; pourquoi ?',
  'lesson.repetition.question': 'Comment un programme trouverait-il la période tout seul ?',
  'lesson.repetition.answer':
    'Comme vous : il compare le spectrogramme à lui-même, décalé de chaque période tour à tour. La ressemblance a des pics là où le morceau se répète. Le premier pic élevé dont les multiples le sont aussi est la période. La moitié convient presque pour l’orchestre intégré, car la batterie revient après une demi-seconde ; seuls les accords en demandent une entière.',
  'lesson.repetition.broken': 'un orchestre qui ne joue jamais deux fois la même mesure',
  'lesson.repetition.why':
    'Réglez une seconde : la batterie disparaît encore, les accords restent avec la voix. Une méthode vaut ce que vaut son hypothèse.',

  'lesson.networks.title': 'Des masques aux réseaux',
  'lesson.networks.idea':
    'Jusqu’ici, quelqu’un écrivait comment faire le masque. Un réseau reçoit des exemples : des spectres de mélanges et les masques qui auraient été justes. Celui-ci a 16 valeurs cachées et apprend dans votre navigateur, sur la première moitié du son. On le mesure sur la seconde, qu’il n’a jamais vue.',
  'lesson.networks.try':
    'Entraînez-le avec de plus en plus de pas. Comparez la courbe (les trames dont il apprend) à l’erreur sur les trames jamais vues.',
  'lesson.networks.question':
    'La courbe descend jusqu’au bout, l’erreur sur les trames jamais vues non. Que se passe-t-il ?',
  'lesson.networks.answer':
    'Il apprend sa moitié par cœur. C’est le surapprentissage : à partir d’un point, il ne progresse que sur ce qu’il a vu. Des exemples plus nombreux et plus variés aident, ou s’arrêter à temps. Les grands séparateurs sont la même idée, avec des millions de poids et des heures de musique.',
  'lesson.networks.broken': 'apprendre des masques de l’orchestre',
  'lesson.networks.why':
    'Les réponses ont été échangées, et l’erreur d’apprentissage descend aussi bien qu’avant : vous entendez maintenant l’orchestre. Un réseau apprend ce qu’on lui montre. Une erreur qui descend ne dit pas si les exemples sont justes.',

  'lesson.measuring.title': 'Comment on mesure',
  'lesson.measuring.idea':
    'Le SDR compare l’énergie de la vraie piste à celle de la différence, en dB. Il est exact, mais compte comme erreur tout ce qui change un échantillon, même ce que personne n’entend. Le SI-SDR met d’abord la vraie piste à l’échelle.',
  'lesson.measuring.try':
    'Baissez le niveau de l’estimation et suivez les deux chiffres. Comparez ensuite fuite, souffle et trous : l’ordre des chiffres est-il celui de vos oreilles ?',
  'lesson.measuring.question': 'Lequel des deux faut-il donner ?',
  'lesson.measuring.answer':
    'Cela dépend de l’importance du niveau. Dans un éditeur où la somme des pistes doit être le morceau, il compte : SDR. Pour une voix seule dont on règle ensuite le niveau, le SI-SDR est juste. Aucun chiffre seul ne remplace l’écoute, et un chiffre sans sa définition ne dit rien.',
  'lesson.measuring.broken': 'l’estimation arrive vingt échantillons trop tard',
  'lesson.measuring.why':
    'Moins d’un millième de seconde : vous entendez la même chose, et les deux chiffres tombent sous zéro. Si un score est étonnamment mauvais, cherchez d’abord un retard.',
};
