"""Phrases that denounce hate or speak up for those it is aimed at, by language.

After the functions F20 and F21 of HateCheck (Röttger et al. 2021): denouncements that quote hate, and that refer to it;
systems which remove hate remove these texts too. The phrases are ours, of forms that hold whatever group is spoken of.
"""

from __future__ import annotations

COUNTER_SPEECH: dict[str, str] = {
    "en": "is racist, are racist, so racist, is sexist, is misogynistic, is homophobic, is transphobic, "
    "is xenophobic, is islamophobic, is antisemitic, is hateful, is hate speech, are hate speech, "
    "is bigotry, racism is wrong, against racism, against hate, against hatred, "
    "against antisemitism, against homophobia, stop racism, stop the hate, stop asian hate, "
    "fight racism, fighting racism, say no to racism, condemn racism, condemn hate, denounce racism, "
    "no place for hate, no place for racism, nobody should, no one should, no one deserves, "
    "nobody deserves, deserve respect, deserves respect, the same rights, equal rights for, "
    "it is wrong to, it's wrong to, wrong to say, not okay to, not ok to, it's not okay, "
    "unacceptable to, a bigot, bigots, bigoted, will not tolerate, won't tolerate, do not tolerate, "
    "dehumanising, dehumanizing, no respect for people who, lost all respect for, how hateful, "
    "so hateful, how misguided, how ignorant, get you banned, get banned, should be banned, "
    "got banned, kicked off the platform, will get blocked, i will report, i reported, has to stop, "
    "have to stop, needs to stop, it hurts to see, hurts to hear, there have to be consequences, "
    "think it's okay to, think it is okay to, can't seriously believe, contempt for, stop calling, "
    "stop saying, offensive to, is offensive, so offensive, is discrimination, is unacceptable, "
    "you can't say, don't call, never call, shouldn't call, disgusting to say, how dare, "
    "we stand with, in solidarity with, should be ashamed",
    "de": "ist rassistisch, sind rassistisch, ist sexistisch, ist homophob, ist transphob, "
    "ist antisemitisch, ist fremdenfeindlich, ist menschenverachtend, ist Hetze, ist Hassrede, "
    "gegen Rassismus, gegen Rechts, gegen Antisemitismus, gegen Hass, gegen Hetze, gegen Homophobie, "
    "kein Platz für Hass, kein Platz für Rassismus, kein Platz für Rassisten, keinen Platz für Hass, "
    "Nein zu Rassismus, stoppt den Hass, niemand sollte, niemand verdient, verdienen Respekt, "
    "verdient Respekt, dieselben Rechte, die gleichen Rechte, es ist falsch zu sagen, "
    "darf man nicht sagen, geht gar nicht, ist inakzeptabel, verurteilen wir, wir verurteilen, "
    "wir stehen an der Seite, solidarisch mit, schämt euch, ist keine Meinung, ist ein Verbrechen",
    "fr": "est raciste, sont racistes, est sexiste, est homophobe, est transphobe, est antisémite, "
    "est xénophobe, est islamophobe, discours de haine, contre le racisme, contre la haine, "
    "contre l'antisémitisme, contre l'homophobie, non au racisme, stop au racisme, "
    "lutte contre le racisme, pas de place pour la haine, pas de place pour le racisme, "
    "personne ne devrait, personne ne mérite, mérite le respect, méritent le respect, "
    "les mêmes droits, on ne peut pas dire, c'est mal de dire, est inacceptable, nous condamnons, "
    "je condamne, nous dénonçons, solidaire des, solidaires avec, honte à ceux, "
    "n'est pas une opinion, est un délit",
    "es": "es racista, son racistas, es sexista, es machista, es homófobo, es homofóbico, es transfóbico, "
    "es antisemita, es xenófobo, discurso de odio, contra el racismo, contra el odio, "
    "contra la homofobia, contra el antisemitismo, contra la xenofobia, no al racismo, alto al odio, "
    "no hay lugar para el odio, no hay lugar para el racismo, nadie debería, nadie merece, "
    "merecen respeto, merece respeto, los mismos derechos, no se puede decir, está mal decir, "
    "es inaceptable, condenamos, denunciamos, nos solidarizamos con, debería darles vergüenza, "
    "no es una opinión",
    "pt": "é racista, são racistas, é sexista, é machista, é homofóbico, é transfóbico, é antissemita, "
    "é xenófobo, discurso de ódio, contra o racismo, contra o ódio, contra a homofobia, "
    "contra a xenofobia, não ao racismo, não há lugar para o ódio, não há lugar para o racismo, "
    "ninguém deveria, ninguém merece, merecem respeito, merece respeito, os mesmos direitos, "
    "não se pode dizer, é errado dizer, é inaceitável, condenamos, repudiamos, racismo é crime, "
    "homofobia é crime, não é opinião, vergonha de quem",
    "it": "è razzista, sono razzisti, è sessista, è omofobo, è transfobico, è antisemita, è xenofobo, "
    "discorso d'odio, discorsi d'odio, contro il razzismo, contro l'odio, contro l'omofobia, "
    "contro l'antisemitismo, no al razzismo, non c'è posto per l'odio, "
    "non c'è spazio per il razzismo, nessuno dovrebbe, nessuno merita, meritano rispetto, "
    "merita rispetto, gli stessi diritti, non si può dire, è sbagliato dire, è inaccettabile, "
    "condanniamo, denunciamo, siamo solidali con, vergognatevi, non è un'opinione",
    "ru": "это расизм, это сексизм, это гомофобия, это антисемитизм, это ксенофобия, язык вражды, "
    "против расизма, против ненависти, против антисемитизма, против ксенофобии, нет расизму, "
    "нет ненависти, не место ненависти, никто не должен, никто не заслуживает, заслуживают уважения, "
    "заслуживает уважения, те же права, равные права, нельзя говорить, неправильно говорить, "
    "недопустимо, мы осуждаем, осуждаю, солидарны с, как вам не стыдно",
    "zh": "种族歧视, 種族歧視, 反对歧视, 反對歧視, 反对种族主义, 反對種族主義, 仇恨言论, 仇恨言論, "
    "停止仇恨, 是歧视, 是歧視, 不应该歧视, 不應該歧視, 拒绝歧视, 拒絕歧視, 值得尊重, 同样的权利, "
    "同樣的權利, 不可接受, 谴责, 譴責",
    "ja": "人種差別, 差別反対, 差別に反対, ヘイトスピーチ, 差別です, 差別だ, 差別をなくそう, "
    "差別を許さない, 許されない, 尊重されるべき, 同じ権利, 言うべきではない, 非難する, 非難します",
}
"""By ISO 639-1 code: phrases, with commas between them."""
