"""Words and phrases that name groups of people, by language.

The groups are those whose texts filters were found to remove, or that are tested for it: Dodge et al. 2021
("Documenting Large Webtext Corpora", section 5, identities in documents that a blocklist removed), Röttger et al. 2021
(HateCheck, seven groups) and Smith et al. 2022 (HolisticBias). The lists are ours: neutral and common names, inflected
forms written out, no slurs. Words that mostly mean something else are left out (man as in man page, black alone).
"""

from __future__ import annotations

_ENGLISH = {
    "arabs": "arab people, arabs, arab man, arab men, arab woman, arab women, arab americans",
    "asian people": "asian people, asian man, asian men, asian woman, asian women, asian community, asian american, "
    "asian americans, chinese people, chinese americans",
    "black people": "black people, black person, black man, black men, black woman, black women, black community, "
    "black communities, black american, black americans, black folks, black folk, black girl, "
    "black girls, black boy, black boys, black kids, black children, african american, "
    "african americans, people of colour, people of color",
    "christians": "christian people, christians, catholics, protestants",
    "disabled people": "disabled people, disabled person, disabled man, disabled woman, disabled women, disabled men, "
    "the disabled, people with disabilities, person with a disability, people with a disability, "
    "wheelchair user, wheelchair users, blind people, deaf people, deaf person, blind person, "
    "autistic people, autistic person, autistics",
    "gay people": "gay, gays, lesbian, lesbians, bisexual, bisexuals, homosexual, homosexuals, queer people, lgbt, "
    "lgbtq, lgbtqi, lgbtqia, same sex couple, same sex couples",
    "hindus": "hindu, hindus",
    "indigenous people": "indigenous people, indigenous peoples, native american, native americans, first nations, "
    "aboriginal people, aboriginal australians, torres strait islanders, inuit",
    "jews": "jew, jews, jewish",
    "latino people": "latino, latinos, latina, latinas, latinx, hispanic, hispanics",
    "men": "men, boys, males",
    "migrants": "migrant, migrants, immigrant, immigrants, refugee, refugees, asylum seeker, asylum seekers",
    "muslims": "muslim, muslims",
    "old people": "old people, older people, elderly people, the elderly, senior citizen, senior citizens, "
    "older adults",
    "poor people": "poor people, homeless people, homeless person, homeless man, homeless woman, the homeless",
    "roma": "roma people, romani people, romani, sinti",
    "trans people": "trans people, trans person, trans man, trans men, trans woman, trans women, trans girl, "
    "trans boy, transgender, transsexual, transsexuals, non binary, nonbinary",
    "white people": "white people, white person, white man, white men, white woman, white women, white americans",
    "women": "woman, women, girl, girls, females",
}
_GERMAN = {
    "arabs": "Araber, Arabern, Araberin, Araberinnen",
    "asian people": "Asiate, Asiaten, Asiatin, Asiatinnen, asiatische Menschen",
    "black people": "Schwarze Menschen, schwarzer Mensch, schwarzen Menschen, schwarze Frau, schwarze Frauen, "
    "schwarze Männer, schwarzer Mann, Afrodeutsche, Afroamerikaner, Afroamerikanern, Afroamerikanerin",
    "christians": "Christ, Christen, Christin, Christinnen, Katholiken, Protestanten",
    "disabled people": "Behinderte, Behinderten, Behinderter, behinderte Menschen, Menschen mit Behinderung, "
    "Menschen mit Behinderungen, Rollstuhlfahrer, Rollstuhlfahrerin, Gehörlose, Gehörlosen, Blinde, "
    "Autisten",
    "gay people": "schwul, schwule, schwuler, schwulen, Lesbe, Lesben, lesbisch, lesbische, lesbischen, "
    "homosexuell, homosexuelle, homosexuellen, Homosexueller, bisexuell, bisexuelle, bisexuellen, "
    "LGBT, LGBTQ",
    "jews": "Jude, Juden, Jüdin, Jüdinnen, jüdisch, jüdische, jüdischen, jüdischer, jüdisches",
    "men": "Mann, Männer, Männern, Jungen",
    "migrants": "Migrant, Migranten, Migrantin, Migrantinnen, Einwanderer, Einwanderern, Einwanderin, "
    "Zuwanderer, Flüchtling, Flüchtlinge, Flüchtlingen, Geflüchtete, Geflüchteten, Asylbewerber, "
    "Asylbewerbern, Ausländer, Ausländern",
    "muslims": "Muslim, Muslime, Muslimen, Muslima, Muslimin, Muslimas, Musliminnen, Moslem, Moslems, "
    "muslimisch, muslimische, muslimischen, muslimischer",
    "old people": "alte Menschen, alten Menschen, ältere Menschen, älteren Menschen, Senioren, Seniorinnen, Rentner",
    "poor people": "arme Menschen, armen Menschen, Obdachlose, Obdachlosen, Obdachloser, Wohnungslose",
    "roma": "Roma, Sinti, Romnja",
    "trans people": "Transmenschen, Transmann, Transfrau, Transfrauen, Transmänner, trans Menschen, trans Frau, "
    "trans Frauen, trans Mann, Transgender, transsexuell, transsexuelle, transsexuellen, nichtbinär, "
    "nichtbinäre",
    "women": "Frau, Frauen, Mädchen",
}
_FRENCH = {
    "arabs": "Arabe, Arabes, Maghrébin, Maghrébins, Maghrébine, Maghrébines",
    "asian people": "Asiatique, Asiatiques",
    "black people": "les Noirs, des Noirs, aux Noirs, personnes noires, personne noire, femme noire, femmes noires, "
    "homme noir, hommes noirs, Afro-Américain, Afro-Américains, Afro-Américaine",
    "christians": "chrétien, chrétiens, chrétienne, chrétiennes, catholiques, protestants",
    "disabled people": "handicapé, handicapés, handicapée, handicapées, personnes en situation de handicap, "
    "personne en situation de handicap, personnes sourdes, personnes aveugles, autistes",
    "gay people": "gay, gays, gai, gais, lesbienne, lesbiennes, homosexuel, homosexuels, homosexuelle, "
    "homosexuelles, bisexuel, bisexuels, bisexuelle, LGBT, LGBTQ",
    "indigenous people": "autochtones, Premières Nations, Amérindiens, peuples indigènes, Inuits, Inuit",
    "jews": "juif, juifs, juive, juives",
    "men": "homme, hommes, garçon, garçons",
    "migrants": "migrant, migrants, migrante, migrantes, immigré, immigrés, immigrée, immigrées, immigrant, "
    "immigrants, réfugié, réfugiés, réfugiée, réfugiées, demandeur d'asile, demandeurs d'asile, "
    "sans-papiers",
    "muslims": "musulman, musulmans, musulmane, musulmanes",
    "old people": "personnes âgées, personne âgée, les vieux, retraités, seniors",
    "poor people": "les pauvres, des pauvres, sans-abri, sans domicile fixe",
    "roma": "Roms, Tsiganes, Tziganes",
    "trans people": "personnes trans, personne trans, femme trans, femmes trans, homme trans, hommes trans, "
    "transgenre, transgenres, transsexuel, transsexuels, transsexuelle, non binaire, non binaires",
    "women": "femme, femmes, fille, filles",
}
_SPANISH = {
    "arabs": "árabe, árabes",
    "asian people": "asiático, asiáticos, asiática, asiáticas",
    "black people": "personas negras, persona negra, mujer negra, mujeres negras, hombre negro, hombres negros, "
    "los negros, afroamericano, afroamericanos, afrodescendiente, afrodescendientes",
    "christians": "cristiano, cristianos, cristiana, cristianas, católicos, protestantes",
    "disabled people": "discapacitado, discapacitados, discapacitada, discapacitadas, personas con discapacidad, "
    "persona con discapacidad, personas sordas, personas ciegas, autistas, minusválidos",
    "gay people": "gay, gays, gais, lesbiana, lesbianas, homosexual, homosexuales, bisexual, bisexuales, LGBT, LGTBI",
    "indigenous people": "indígena, indígenas, pueblos originarios",
    "jews": "judío, judíos, judía",
    "latino people": "latino, latinos, latina, latinas, hispano, hispanos",
    "men": "hombre, hombres, niños, varones",
    "migrants": "migrante, migrantes, inmigrante, inmigrantes, refugiado, refugiados, refugiada, refugiadas, "
    "solicitante de asilo, solicitantes de asilo",
    "muslims": "musulmán, musulmanes, musulmana, musulmanas",
    "old people": "personas mayores, ancianos, ancianas, tercera edad, adultos mayores",
    "poor people": "los pobres, personas sin hogar, personas pobres, indigentes",
    "roma": "gitano, gitanos, gitana, gitanas, romaníes",
    "trans people": "personas trans, persona trans, mujer trans, mujeres trans, hombre trans, hombres trans, "
    "transgénero, transexual, transexuales, no binario, no binaria, no binarias",
    "women": "mujer, mujeres, niñas, chicas",
}
_PORTUGUESE = {
    "arabs": "árabe, árabes",
    "asian people": "asiático, asiáticos, asiática, asiáticas",
    "black people": "pessoas negras, pessoa negra, mulher negra, mulheres negras, homem negro, homens negros, "
    "os negros, pessoas pretas, afro-brasileiros, afrodescendentes, afro-americanos",
    "christians": "cristão, cristãos, cristã, cristãs, católicos, evangélicos",
    "disabled people": "deficientes, pessoas com deficiência, pessoa com deficiência, pessoas surdas, pessoas cegas, "
    "autistas, cadeirantes",
    "gay people": "gay, gays, lésbica, lésbicas, homossexual, homossexuais, bissexual, bissexuais, LGBT, LGBTQIA",
    "indigenous people": "indígena, indígenas, povos originários",
    "jews": "judeu, judeus, judia, judias, judaico, judaica",
    "men": "homem, homens, meninos, rapazes",
    "migrants": "migrante, migrantes, imigrante, imigrantes, refugiado, refugiados, refugiada, refugiadas",
    "muslims": "muçulmano, muçulmanos, muçulmana, muçulmanas",
    "old people": "idoso, idosos, idosa, idosas, terceira idade",
    "poor people": "os pobres, pessoas pobres, moradores de rua, sem-abrigo, pessoas em situação de rua",
    "roma": "cigano, ciganos, cigana, ciganas",
    "trans people": "pessoas trans, pessoa trans, mulher trans, mulheres trans, homem trans, homens trans, travesti, "
    "travestis, transgênero, transgénero, transexual, transexuais, não binário, não binária",
    "women": "mulher, mulheres, meninas, raparigas",
}
_ITALIAN = {
    "arabs": "arabi, araba",
    "asian people": "asiatico, asiatici, asiatica, asiatiche",
    "black people": "persone nere, persona nera, donna nera, donne nere, uomo nero, uomini neri, i neri, "
    "afroamericano, afroamericani, afroamericana, afrodiscendenti",
    "christians": "cristiano, cristiani, cristiana, cristiane, cattolici, protestanti",
    "disabled people": "disabile, disabili, persone con disabilità, persona con disabilità, persone sorde, "
    "non vedenti, autistici",
    "gay people": "gay, lesbica, lesbiche, omosessuale, omosessuali, bisessuale, bisessuali, LGBT, LGBTQ",
    "jews": "ebreo, ebrei, ebrea, ebree, ebraico, ebraica, ebraiche",
    "men": "uomo, uomini, ragazzi",
    "migrants": "migrante, migranti, immigrato, immigrati, immigrata, immigrate, rifugiato, rifugiati, "
    "rifugiata, richiedenti asilo, extracomunitari, profughi",
    "muslims": "musulmano, musulmani, musulmana, musulmane",
    "old people": "anziano, anziani, anziana, anziane",
    "poor people": "i poveri, senzatetto, persone povere, senza fissa dimora",
    "roma": "persone rom, popolo rom, i rom, sinti",
    "trans people": "persone trans, persona trans, donna trans, donne trans, uomo trans, uomini trans, transgender, "
    "transessuale, transessuali, non binario, non binaria",
    "women": "donna, donne, ragazza, ragazze",
}
_RUSSIAN = {
    "arabs": "араб, арабы, арабов, арабам, арабами",
    "asian people": "азиат, азиаты, азиатов, азиатам, азиатка, азиатки",
    "black people": "чернокожий, чернокожие, чернокожих, чернокожим, чернокожая, афроамериканец, афроамериканцы, "
    "афроамериканцев, темнокожие, темнокожих",
    "christians": "христианин, христиане, христиан, христианам, православные, православных, католики, католиков",
    "disabled people": "инвалид, инвалиды, инвалидов, инвалидам, инвалидами, люди с инвалидностью, "
    "людей с инвалидностью, глухие, глухих, слепые, слепых, аутисты",
    "gay people": "гей, геи, геев, геям, геями, лесбиянка, лесбиянки, лесбиянок, лесбиянкам, гомосексуал, "
    "гомосексуалы, гомосексуалов, гомосексуалисты, бисексуалы, ЛГБТ",
    "indigenous people": "коренные народы, коренных народов, коренным народам",
    "jews": "еврей, евреи, евреев, евреям, евреями, еврейка, еврейки, еврейский, еврейская, еврейские, еврейских",
    "men": "мужчина, мужчины, мужчин, мужчинам, мужчинами, мальчик, мальчики, мальчиков",
    "migrants": "мигрант, мигранты, мигрантов, мигрантам, мигрантами, иммигрант, иммигранты, иммигрантов, "
    "беженец, беженцы, беженцев, беженцам, гастарбайтеры",
    "muslims": "мусульманин, мусульмане, мусульман, мусульманам, мусульманами, мусульманка, мусульманки, мусульманок",
    "old people": "пожилые, пожилых, пожилым, пожилые люди, старики, стариков, пенсионеры, пенсионеров",
    "poor people": "бедные люди, бедных людей, бездомный, бездомные, бездомных, бездомным",
    "roma": "цыган, цыгане, цыганам, цыганка",
    "trans people": "трансгендер, трансгендеры, трансгендерные, трансгендерных, трансгендерный, трансгендерная, "
    "трансженщина, трансженщины, трансмужчина, транссексуал, транссексуалы",
    "women": "женщина, женщины, женщин, женщине, женщинам, женщинами, женщинах, женщину, девушка, девушки, девушек",
}
_CHINESE = {
    "arabs": "阿拉伯人",
    "black people": "黑人",
    "christians": "基督徒, 基督教徒, 天主教徒",
    "disabled people": "残疾人, 残障, 殘障, 身心障礙, 聋人, 盲人, 自闭症患者",
    "gay people": "同性恋, 同性戀, 同志群体, 女同, 男同, 双性恋, 雙性戀",
    "indigenous people": "原住民",
    "jews": "犹太人, 猶太人",
    "men": "男性, 男人, 男生, 男孩",
    "migrants": "移民, 难民, 難民, 农民工, 移工",
    "muslims": "穆斯林, 伊斯兰教徒, 回民",
    "old people": "老年人, 老人",
    "poor people": "穷人, 窮人, 流浪汉, 无家可归者, 街友",
    "roma": "吉普赛人, 罗姆人",
    "trans people": "跨性别, 跨性別, 变性人, 變性人",
    "white people": "白人",
    "women": "女性, 女人, 妇女, 婦女, 女生, 女孩",
}
_JAPANESE = {
    "arabs": "アラブ人",
    "black people": "黒人",
    "christians": "キリスト教徒, クリスチャン, カトリック教徒",
    "disabled people": "障害者, 障がい者, 視覚障害, 聴覚障害, 車椅子利用者, 自閉症",
    "gay people": "同性愛者, 同性愛, ゲイ, レズビアン, バイセクシュアル, 性的少数者",
    "indigenous people": "先住民, アイヌ",
    "jews": "ユダヤ人",
    "men": "男性, 男の子, 男子",
    "migrants": "移民, 難民, 外国人労働者, 在日外国人",
    "muslims": "イスラム教徒, ムスリム",
    "old people": "高齢者, お年寄り, 老人",
    "poor people": "貧困層, ホームレス, 路上生活者",
    "trans people": "トランスジェンダー, 性同一性障害, トランス女性, トランス男性, ノンバイナリー",
    "white people": "白人",
    "women": "女性, 女の子, 女子",
}

IDENTITY_WORDS: dict[str, dict[str, str]] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "pt": _PORTUGUESE,
    "it": _ITALIAN,
    "ru": _RUSSIAN,
    "zh": _CHINESE,
    "ja": _JAPANESE,
}
"""By ISO 639-1 code and group: phrases, with commas between them."""
