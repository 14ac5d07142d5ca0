"""Words and phrases that mark a variety of a language, and the work each list was chosen after.

A marker is a word or spelling that the source holds to be of the variety and that is rare in others of the language.
Names of places and institutions are left out: a text about Scotland is not one in Scottish English. The choice is
ours; a marker may stand in the lists of two neighbours (wee), which is why one marker alone decides nothing.
"""

from __future__ import annotations

from typing import NamedTuple


class Dialect(NamedTuple):
    """A variety of language `language`: its markers, with commas between them, and the work they were chosen after."""

    language: str
    source: str
    markers: str


DIALECTS: dict[str, Dialect] = {
    "African-American English": Dialect(
        "en",
        "Green 2002, African American English; Blodgett, Green and O'Connor 2016",
        "finna, tryna, boutta, imma, iont, deadass, ain't nobody, ain't no, ain't got no, ain't never, "
        "ain't neva, don't nobody, can't nobody, done told, done been, done got, done went, been done, "
        "been knew, been knowing, he be like, she be like, they be like, he be talking, she be talking, "
        "they be talking, he be trippin, she be trippin, they be trippin, they be acting, he be acting, "
        "she be acting, be havin, be tryna, be playin, we be chillin, gon be, gon get, dat, dey, bruh, nuffin, "
        "nothin, mouf, wassup, lil, sumn, talmbout, y'all, hol up, turnt, woulda been, ain't finna, "
        "stay trippin, ion know",
    ),
    "Scottish English": Dialect(
        "en",
        "Corbett, McClure and Stuart-Smith 2003, The Edinburgh Companion to Scots; Dictionaries of the Scots Language",
        "aye, wee, dinnae, dinna, cannae, canna, didnae, wasnae, isnae, wouldnae, couldnae, shouldnae, havenae, "
        "hasnae, doesnae, willnae, arenae, bairn, bairns, glaikit, dreich, outwith, wheesht, haar, aboot, hoose, "
        "oot, doon, tae, fae, frae, och, lassie, lassies, laddie, crabbit, haud, yersel, masel, gonnae, "
        "nae bother, braw, bonnie, scunnered, stramash, numpty, blether, blethering, boak, fankle, gie, wisnae, "
        "whit, mebbe, hame, heid, deid, auld, noo",
    ),
    "Irish English": Dialect(
        "en",
        "Hickey 2007, Irish English; Dolan 2012, A Dictionary of Hiberno-English",
        "amn't, yous, youse, craic, eejit, eejits, gobshite, gombeen, feck, fecking, feckin, culchie, banjaxed, "
        "yer man, yer wan, your wan, is after coming, is after going, i'm after, he's after, she's after, "
        "they're after, giving out to me, giving out about, grand so, so it is, so i am, so he is, so they do, "
        "so it was, do be, does be, jaysus, bejaysus, ye're, delph, shebeen, sleeveen, plamás, amadán, gurrier, "
        "jackeen, yoke, wee, gansey",
    ),
    "Indian English": Dialect(
        "en",
        "Nihalani, Tongue and Hosali 2004, Indian and British English; Sedlatschek 2009, Contemporary Indian English",
        "prepone, preponed, do the needful, lakh, lakhs, crore, crores, kindly revert, revert back, "
        "out of station, passed out from, cousin brother, cousin sister, itself only, eve teasing, eve teaser, "
        "batchmate, batchmates, co-brother, updation, timepass, mugging up, mugged up, today itself, now itself, "
        "here itself, that itself, felicitated, pass out of college, foreign returned, convent educated, "
        "issueless, wheatish, what is your good name, accha, arrey, arre, yaar, discuss about, good name, "
        "stepney, tiffin, godown, off late, cent per cent, first class first, wallah",
    ),
    "Singaporean English": Dialect(
        "en",
        "Leimgruber 2013, Singapore English; Low and Brown 2005, English in Singapore",
        "lah, leh, lor, liao, meh, sia, hor, mah, can or not, can lah, can meh, kiasu, kiasi, shiok, paiseh, "
        "alamak, ang moh, blur like sotong, chope, choped, makan, wah lau, walao, walau, aiyah, aiyo, kena, "
        "bo jio, siao, got or not, already lah, ah beng, ah lian, jialat, sian, kaypoh, kopi, tabao, dabao, "
        "where got, how come like that, agak agak, cheem, gahmen, catch no ball, talk cock",
    ),
    "Nigerian English": Dialect(
        "en",
        "Jowitt 2019, Nigerian English; Faraclas 1996, Nigerian Pidgin",
        "abeg, wahala, oga, wetin, dey, abi, sabi, danfo, okada, pikin, sef, oyibo, jare, shey, go slow, "
        "next tomorrow, on seat, not on seat, no be, i dey, we dey, you dey, dem dey, no dey, e don, don die, "
        "don come, how you dey, how far now, chop money, naija, wey, comot, una dey, wan go, make we, make i, "
        "na so, na im, no wahala, well done ma, dash me, flash me, k leg, trafficate, horn before overtaking, "
        "barb my hair, off the light, ehn, nawa, omo, gist me, sapa, japa",
    ),
    "Swiss German": Dialect(
        "de",
        "Ammon, Bickel and Lenz 2016, Variantenwörterbuch des Deutschen; Bundeskanzlei 2017, Schreibweisungen",
        "grösse, grössere, grösser, grösste, grössten, strasse, strassen, ausserdem, ausser, ausserhalb, gross, "
        "grosse, grossen, grosser, heisst, heissen, schliesslich, schliessen, massnahme, massnahmen, "
        "regelmässig, regelmässige, gemäss, fuss, weiss, dreissig, gruss, grüsse, natel, velo, velos, parkieren, "
        "grillieren, trottoir, tram, glacé, rahm, zügeln, pneu, allfällige, allfälligen, unterbruch, jupe, "
        "innert, offerte, isch, nöd, nid, gsi, hend, händ, chli, öppis, grüezi, gäll, luege, chunnt, "
        "merci vilmal, het, ond, ned",
    ),
    "Austrian German": Dialect(
        "de",
        "Ammon, Bickel and Lenz 2016, Variantenwörterbuch des Deutschen; Österreichisches Wörterbuch, 43rd edition",
        "heuer, heurigen, heurige, jänner, feber, paradeiser, erdäpfel, marille, marillen, matura, topfen, "
        "sackerl, jause, beisl, schlagobers, obers, karfiol, fisolen, ribisel, ribiseln, powidl, leiwand, oida, "
        "nachtmahl, trafik, gehsteig, kassa, palatschinken, faschiertes, faschierte, kukuruz, eierschwammerl, "
        "hendl, semmel, semmeln, weiters, pickerl, tixo, stiege, spital, bub, buben, aufsperren, zusperren, "
        "hinkünftig, schularbeit, rauchfangkehrer, zwetschke, zwetschken, bisserl, ned, wos, des is, i bin, "
        "mia san",
    ),
    "Canadian French": Dialect(
        "fr",
        "Usito, dictionary of the Université de Sherbrooke; Office québécois de la langue française",
        "magasiner, magasinage, fin de semaine, fins de semaine, clavarder, clavardage, dépanneur, dépanneurs, "
        "chum, chums, ma blonde, tuque, tuques, poudrerie, icitte, moé, toé, ben là, présentement, asteure, "
        "à c't'heure, pantoute, tabarnak, câlisse, ostie, cégep, cégeps, breuvage, breuvages, barrer la porte, "
        "motoneige, débarbouillette, traversier, bleuets, bleuet, mitaines, j'vas, chus, y'a pas, pogner, pogné, "
        "niaiser, niaiseux, achaler, jaser, jasette, quétaine, capoter, tanné, tannée, piger, mon char, "
        "gougounes, balayeuse, pourriel, baladodiffusion, tu veux-tu, c'est-tu",
    ),
    "Belgian French": Dialect(
        "fr",
        "Francard, Geron, Wilmet and Wirth 2015, Dictionnaire des belgicismes",
        "septante, nonante, septante-cinq, nonante-cinq, gsm, kot, kots, koter, kokoteur, guindaille, "
        "guindailles, drache, il drache, dracher, à tantôt, bourgmestre, bourgmestres, échevin, échevins, "
        "ducasse, essuie de vaisselle, chicon, chicons, farde, fardes, cumulet, minerval, athénée, athénées, "
        "tirette, bardaf, non peut-être, oufti, ket, brol, en stoemelings, stoemp, savez-vous une fois, "
        "amitieux, avoir difficile, avoir facile, faire de son nez, carabistouille, carabistouilles, crolle, "
        "crolles, clinche, endéans, navetteur, navetteurs, légumier, prépension, sonner quelqu'un, "
        "torchon de sol, wassingue",
    ),
    "Mexican Spanish": Dialect(
        "es",
        "Lara (ed.) 2010, Diccionario del español de México; ASALE 2010, Diccionario de americanismos",
        "ahorita, órale, güey, wey, chavo, chava, chavos, chamba, chambear, padrísimo, qué padre, la neta, "
        "chido, chida, ándale, popote, popotes, alberca, elote, elotes, platicar, platicamos, platiqué, "
        "platicando, chela, chelas, cuate, cuates, naco, banqueta, banquetas, no manches, no mames, híjole, "
        "chilango, chilangos, apapachar, apapacho, cajuela, pinche, jitomate, jitomates, ejote, ejotes, "
        "guajolote, papalote, cacahuate, camote, tianguis, refri, tlapalería, huarache, huaraches, mande usted, "
        "qué onda, a poco, chamarra, recámara, recámaras",
    ),
    "Rioplatense Spanish": Dialect(
        "es",
        "Fontanella de Weinberg 1992, El español de América; Academia Argentina 2008, Diccionario del habla",
        "vos, sos, tenés, querés, podés, sabés, hacés, decís, venís, vivís, mirá, andá, vení, fijate, acordate, "
        "che, boludo, boluda, boludos, pibe, pibes, piba, laburo, laburar, laburando, quilombo, heladera, "
        "pollera, remera, remeras, guita, bondi, chabón, posta, frutilla, frutillas, choclo, morfar, subte, "
        "vereda, veredas, pochoclo, bombacha, nafta, canilla, birome, pileta, afanar, bancate, tomá, decime, "
        "contame, haceme, quedate, pensás, creés, entendés",
    ),
    "Brazilian Portuguese": Dialect(
        "pt",
        "Acordo Ortográfico da Língua Portuguesa 1990, base XI; Castilho 2010, Nova gramática do português brasileiro",
        "você, vocês, a gente, trem, trens, ônibus, celular, celulares, econômico, econômica, econômicos, "
        "acadêmico, acadêmica, gênero, gêneros, fenômeno, fenômenos, bebê, bebês, registro, registros, equipe, "
        "equipes, banheiro, esporte, esportes, time de futebol, café da manhã, geladeira, sorvete, caminhão, "
        "usuário, usuários, planejamento, planejar, pra, tá, cê, né, estou fazendo, está fazendo, estão fazendo, "
        "está acontecendo, estava fazendo, tô, bacana, moleque, xícara, goleiro",
    ),
    "European Portuguese": Dialect(
        "pt",
        "Acordo Ortográfico da Língua Portuguesa 1990, base XI; Mateus et al. 2003, Gramática da língua portuguesa",
        "comboio, comboios, autocarro, autocarros, telemóvel, telemóveis, económico, económica, económicos, "
        "académico, académica, género, géneros, fenómeno, fenómenos, bebé, bebés, facto, factos, registo, "
        "registos, equipa, equipas, casa de banho, desporto, desportos, pequeno-almoço, frigorífico, camião, "
        "utilizador, utilizadores, ecrã, ecrãs, planeamento, planear, está a fazer, estão a fazer, "
        "estou a fazer, está a ser, estava a fazer, contacto, contactos, fixe, miúdo, miúdos, miúda, rapariga, "
        "chávena, golo, golos, guarda-redes, connosco, tu tens",
    ),
}
"""By the name that the report gives."""
