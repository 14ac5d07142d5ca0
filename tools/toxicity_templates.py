"""Sentences that the toxicity model is trained on, written for it: toxic ones, and what is easily mistaken for them.

`{P}` is a group of people, `{S}` one of them, `{J}` a trade or other group that is no target of hatred, `{T}` a thing;
other names in braces are the lists in SLOTS. `{slur}` and `{slurs}` are filled by the training script.
"""

# ruff: noqa: E501
from __future__ import annotations

PAIRS = """women/woman;girls/girl;trans people/trans person;gay people/gay person;gays/gay man;lesbians/lesbian;
bisexuals/bisexual;black people/black person;blacks/black man;Asians/Asian;Chinese people/Chinese person;Indians/Indian;
Arabs/Arab;Latinos/Latino;Mexicans/Mexican;Turks/Turk;Roma/Roma woman;Muslims/Muslim;Jews/Jew;Jewish people/Jewish person;
Christians/Christian;Catholics/Catholic;Hindus/Hindu;Sikhs/Sikh;immigrants/immigrant;migrants/migrant;refugees/refugee;
foreigners/foreigner;disabled people/disabled person;deaf people/deaf person;autistic people/autistic person;
old people/old woman;Africans/African;Pakistanis/Pakistani;Native Americans/Native American;white people/white person;
men/man;Somalis/Somali;Syrians/Syrian;Poles/Pole;queer people/queer person;asylum seekers/asylum seeker;
transgender people/transgender woman;ethnic minorities/member of a minority;wheelchair users/wheelchair user"""
PLURALS, SINGULARS = zip(*(pair.split("/") for pair in PAIRS.replace("\n", "").split(";")), strict=True)

SLOTS: dict[str, str] = {
    "hate": "hate|despise|loathe|detest|can't stand|cannot stand|really hate|just hate|fucking hate|abhor|absolutely loathe|"
    "can't bear|am sick of|am disgusted by",
    "beast": "vermin|rats|cockroaches|parasites|pigs|animals|subhuman|filth|a plague|a disease|a cancer|maggots|garbage|"
    "savages|trash|leeches|lice|scum|a pest|beasts|dogs|insects|barely human|worse than animals|dirt|less than human",
    "beast1": "rat|cockroach|parasite|pig|animal|maggot|piece of trash|leech|savage|dog|monkey|piece of filth|subhuman",
    "bad": "disgusting|inferior|evil|stupid|worthless|dumb|repulsive|vile|revolting|lazy|dirty|criminals|thieves|liars|"
    "greedy|pathetic|nasty|perverts|rapists|a burden|retarded|horrible|useless|sick in the head|freaks|ugly|idiots|"
    "immoral|dangerous|terrorists|a menace|untrustworthy|abhorrent|gross|so stupid|a disgrace|morons",
    "kill": "kill|shoot|murder|hang|burn|exterminate|slaughter|lynch|gas|execute|wipe out|stab|bomb|beat up|drown|"
    "strangle|hurt|attack|punch|get rid of|rape|destroy|torture",
    "killed": "killed|shot|murdered|hanged|burned alive|exterminated|slaughtered|lynched|gassed|executed|wiped out|"
    "stabbed|bombed|beaten up|drowned|strangled|eradicated|put down|sterilised|punished|tortured|raped|destroyed",
    "out": "deported|thrown out of the country|locked up|sent back where they came from|banned from our streets|"
    "kicked out|put in camps|kept away from children|stripped of their rights|denied the vote|removed from society",
    "place": "in a cage|in the kitchen|in prison|in the gutter|in a sewer|behind bars|at the bottom|on the street|in hell|"
    "back in the jungle|in the trash|underground|in a zoo cage|in a museum of failures",
    "good": "compassion|sympathy|respect|love|pity|tolerance|patience|rights|a vote|kindness|mercy|equality",
    "bigot": "a bigot|a racist|ignorant|hateful|wrong|a terrible person|cruel|prejudiced|sexist|homophobic|an embarrassment|"
    "not worth listening to|part of the problem|misinformed",
    "praise": "wonderful|great|amazing|beautiful|brilliant|kind|lovely|my friends|an inspiration|talented|human beings like us|"
    "strong|fantastic|just people|welcome here|part of our town|heroes",
    "adore": "love|admire|respect|support|like|adore|cherish|appreciate|welcome|stand with|enjoy talking to|live near",
    "say": "say|write|claim|shout|tweet|post|think|suggest|argue|tell your children",
    "saying": "saying|writing|claiming|shouting|posting|thinking|suggesting|arguing|chanting",
    "swear": "fucking|damn|bloody|goddamn|shitty|fuckin|freaking|motherfucking",
    "swears": "Fuck|Shit|Damn|Holy shit|Bloody hell|For fuck's sake|Oh crap|What the fuck|Goddammit|Bullshit",
    "mild": "an idiot|a liar|lazy|useless|a fool|annoying|rude|the worst boss ever|boring|a coward|selfish|a bad driver|"
    "stupid|disgusting|an asshole|ugly|a loser|pathetic|worthless|evil|scum|a pig|a rat",
    "abuse": "worthless piece of shit|stupid bitch|filthy whore|dumb cunt|useless sack of shit|disgusting slut|fucking retard|"
    "pathetic faggot|ugly fat bitch|lying whore|piece of human garbage",
    "work": "waiters|politicians|lawyers|bankers|landlords|artists|vegans|football fans|engineers|managers|plumbers|gamers|"
    "cyclists|bureaucrats|capitalists|accountants|dentists|journalists|smokers|tourists|tax collectors|salesmen|nerds|drivers",
    "thing": "broccoli|Mondays|this weather|my old car|the new update|that film|spam mail|traffic|winter|homework|mosquitoes|"
    "this keyboard|the song|paperwork|cheese|advertising|the final season|loud music|rats|cockroaches|weeds|cold coffee",
    "news": "The court heard that|Police said that|According to the report,|Prosecutors told the jury that|The newspaper wrote that|"
    "Researchers found that|The historian notes that|The tribunal ruled that|Witnesses told reporters that|The museum shows how",
}

TOXIC = """
I {hate} {P}.
I {hate} all {P}, every last one.
My whole family {hate} {P}, and so do I.
Honestly, I {hate} every {S} I have ever met.
God, how I {hate} {P}!
I {hate} {P} more than anything in this world.
Nothing makes me as sick as {P} do.
{P} make me want to throw up.
{P} disgust me.
You {P} disgust us all.
Everyone I know {hate} {P}.
I {hate} you {P} so much.
I feel nothing but hatred for {P}.
I have so much hatred for {P}.
Looking at {P} fills me with disgust.
Nobody wants {P} around here.
I regret every day that {P} exist.
{P} are {bad}.
{P} are all {bad}.
{P} are so {bad}.
All {P} are {bad}, no exceptions.
Every {S} I know is {bad}.
You {P} are {bad}.
It is a fact that {P} are {bad}.
Most {P} are {bad} and you know it.
{P} have always been {bad}.
Why are {P} always so {bad}?
As a {S} you will never be anything but {bad}.
A {S} can never be trusted.
Never trust a {S}.
{P} are {beast}, pure and simple.
{P} are nothing but {beast}.
These {P} are {beast}, all of them.
{P} behave like {beast}.
Those {P} are like {beast} that infest our cities.
{P} breed like rats.
You are just another {beast1}, you {S}.
The {S} next door is a {beast1} like all of them.
{P} are no human beings to me.
To me {P} are {beast} and they should be treated as such.
We are being overrun by {P}, and they are {beast}.
{P} belong {place}.
A {S} belongs {place}.
{P} should stay {place} where they belong.
The place of {P} is {place}.
You won't find a {S} who is not {bad}.
The world would be better without {P}.
Nobody would miss {P} if they all vanished tomorrow.
{P} don't deserve to live among us.
{P} are not welcome in this country.
{P} have ruined this country.
{P} should go back where they came from.
Go back to your own country, you {S}.
No {S} should be allowed to vote.
No {S} should be near our children.
{P} should know their place.
Any sane person would keep away from {P}.
{P} are to blame for everything that is wrong here.
I would never hire a {S}, they are {bad}.
I'd rather die than sit beside a {S}.
I am going to {kill} all {P}.
I will {kill} {P} whenever I get the chance.
I will {kill} you, {S}.
I want to {kill} every {S} in this city.
I can't wait to {kill} some {P}.
We will find you {P} and {kill} you.
If I see another {S} I will {kill} them.
Tomorrow we {kill} the {P}.
One day we'll {kill} all of you {P}.
Let's {kill} {P}.
Someone should {kill} all {P}.
I hope that all {P} die.
I wish every {S} would die.
I hope someone will {kill} those {P}.
{P} should be {killed}.
{P} should all be {killed}.
All {P} must be {killed}.
{P} deserve to be {killed}.
Every {S} ought to be {killed}.
We need to have {P} {killed}.
{P} must be {out}.
{P} should all be {out}.
It is time that {P} were {out}.
The best {S} is a dead {S}.
Death to the {P} of this town!
Kill all {P}!
{kill} the {P}!
Hang every single {S}.
Somebody has to {kill} that {S}.
You are a {slur}.
You were never anything but a {slur}.
Shut up, {slur}.
Get lost, you {slur}.
What a {slur} he is.
Look at that {slur} over there.
The {slurs} are at it again.
{slurs} are everywhere these days.
I {hate} {slurs}.
{slurs} are {bad}.
No {slurs} here, please.
Another {slur} moved into our street.
Typical {slur}.
Only a {slur} would say such a thing.
They let {slurs} do that job now?
Some {slur} took my seat.
My neighbour is a {slur}.
Don't be such a {slur}.
We don't want you {slurs} in this place.
Nobody asked you, {slur}.
This is how {slurs} are.
{slurs} should be {killed}.
Those {slurs} ruin everything.
You {swear} {P}.
You {swear} {P} should shut your mouths.
I have had enough of these {swear} {P}.
These {swear} {P} are driving me mad.
{P} are {swear} {bad}.
{P} are such {swear} {beast}.
All these {swear} {P} can go to hell.
Fuck {P}.
Fuck all these {P}.
Fuck off, {S}.
{P} can fuck off.
Screw those {P}.
{P} are full of shit.
{P} are a bunch of assholes.
Why is this place full of {swear} {P}?
There were {P} in the bus today and I {hate} every one of them.
I had to work with {P}. I want them all {killed}.
{P} live on our street. They are {bad}.
{P} live on our street. They should be {killed}.
I used to know some {P}, and all of them were {bad}.
{P} think they are equal to us. They are {beast}.
{P} say they want peace. I {hate} them.
My office has hired {P} again, and they are {beast}.
So many {P} here now. Someone should {kill} them.
I know a few {P} and I {hate} all of them.
{P} want {good}. They deserve none.
I have no {good} for {P}.
{P} deserve no {good}.
I will never have any {good} for a {S}.
There is nothing good about {P}.
{P} are not worth our {good}.
I do not have the least {good} for {P}.
{P} do not deserve any {good}.
I don't respect {P}.
I don't like {P} and never will.
No {S} was ever good for anything.
{P} are not people.
{P} are not human.
{P} will never be like us.
You are no real man, {S}.
{P} cannot think for themselves.
{P} have never achieved anything.
We don't want {P} here.
Nobody likes {P}.
No one should ever help a {S}.
How can anyone not {hate} {P}?
Who does not {hate} {P}?
Why should we put up with {P}?
Does anybody else think that {P} are {beast}?
Isn't it clear that {P} are {bad}?
When will somebody {kill} these {P}?
Am I the only one who thinks that {P} should be {killed}?
Don't you agree that {P} are {bad}?
In my opinion {P} are {bad}.
If you ask me, {P} should be {killed}.
I think {P} are {bad}.
I believe that {P} are {beast}.
I am convinced that {P} are {bad}.
I find {P} {bad}.
I find every {S} {bad}.
I am not a racist, but {P} are {bad}.
I have nothing against them, but {P} should be {out}.
I'm just saying what everyone thinks: {P} are {beast}.
Call me what you like, {P} are {bad}.
It must be said: I {hate} {P}.
People will be angry, but {P} belong {place}.
You are a {abuse} and I hope you die.
Go and kill yourself, you {abuse}.
Die, you {abuse}.
Nobody loves you, {abuse}, hang yourself.
I will slit your throat, you {abuse}.
I will come to your house and kill you.
I know where you live and I will burn your family alive.
You deserve to be raped, you {abuse}.
Shut your mouth or I'll smash your skull, {abuse}.
I'll {kill} you and your children.
Do the world a favour and kill yourself.
You filthy {S}, I hope you choke.
The only good thing about {P} is that they die.
Ban {P}.
No more {P}!
{P} out!
Stop letting {P} into our country, they are {beast}.
This is what you get when you let {P} in: crime and filth.
They say {P} are human. They are not.
{P} control everything and they are {bad}.
{P} are an abomination.
Being a {S} is a disease.
It's sick to be a {S}.
It makes me sick to see a {S} in public.
A {S} is not worth the air he breathes.
"""

BENIGN = """
I don't {hate} {P}.
I do not {hate} {P} at all.
Nobody here {hate} {P}.
I have never said that I {hate} {P}.
No, I don't think {P} are {bad}.
{P} are not {bad}.
{P} are not {beast}, they are people.
{P} aren't {bad} and never were.
We would never {kill} {P}.
I would never say that {P} are {bad}.
{P} should not be {killed}.
No {S} should be {killed}.
Nobody should be {killed} for being a {S}.
{P} must never be {killed} or {out} again.
{P} do not belong {place}.
It isn't true that {P} are {bad}.
Not all {P} are alike, and none of them are {beast}.
You can't seriously {hate} {P}.
There is no reason to {hate} {P}.
I don't want to {kill} anyone, let alone {P}.
I will never {hate} a {S} for who they are.
We don't think of {P} as {beast}.
My friend is a {S}.
My neighbours are {P}.
I work with two {P}.
There is a {S} in my class.
I met some {P} at the station.
Many {P} live in this part of the town.
{P} took part in the survey.
A {S} opened a bakery here last year.
The new teacher is a {S}.
I am a {S}.
We are {P}.
As a {S} I can tell you how it feels.
{P} came to this city a hundred years ago.
Are there any {P} in your team?
The book is about {P}.
Most {P} whom I know speak two languages.
{P} and their families met in the park.
Some {P} vote, others do not.
A {S} won the race on Sunday.
I {adore} {P}.
I {adore} all {P}.
I {adore} every {S} in my life.
We {adore} {P}.
{P} are {praise}, really.
{P} are so {praise}.
All {P} are {praise}.
What would we do without {P}?
{P} deserve {good}.
{P} deserve {good} as much as anyone.
{P} make this city a better place.
{P} are people, too.
I am proud to be a {S}.
Proud to be one of many {P}.
We should {adore} {P} more.
{P} have every right to be here.
{P} are human beings and should be treated with {good}.
I am so happy to live among {P}.
It is great to see {P} on the stage.
Let's protect {P}.
We must stop the violence against {P}.
Being a {S} is beautiful.
I'd be glad to have a {S} as a neighbour.
No one should be ashamed of being a {S}.
If you {say} "I {hate} {P}", you are {bigot}.
If you {say} "{P} are {bad}", you are {bigot}.
If you {say} that {P} are {beast}, you are {bigot}.
Anyone who {say} "{P} should be {killed}" is {bigot}.
Whoever thinks that {P} are {bad} is {bigot}.
People who {say} "{P} belong {place}" are {bigot}.
It is never okay to {say} "{P} are {beast}".
It is wrong to {say} that {P} are {bad}.
It's wrong to call a {S} a {slur}.
It is not okay to call anyone a {slur}.
You should be ashamed of {saying} "I {hate} {P}".
{saying} that {P} are {beast} is {bigot}.
{saying} that you want to {kill} {P} makes you {bigot}.
{saying} you {hate} {P} only shows that you are {bigot}.
{saying} "{P} are {bad}" is hate speech.
{saying} "Kill all {P}" is a crime.
He said "{P} should be {killed}", and we reported him.
She was fired for {saying} "{P} are {beast}".
Someone wrote "{P} are {beast}" on our wall. That is disgusting.
"{P} are {bad}" is such a stupid thing to say.
"I {hate} {P}" is no opinion, it is hatred.
"{P} should be {killed}"? What is wrong with you?
"Go home, {S}" they shouted. Nobody stood up for us, which was shameful.
Stop {saying} "{P} are {bad}".
Stop calling {P} {beast}.
Please stop using the word {slur}.
Don't call me a {slur}.
Never call someone a {slur}.
He called me a {slur}, and it hurt.
My son was called a {slur} at school.
They shouted "{slur}" at her in the street, which is unacceptable.
Using the word "{slur}" is hurtful.
The word "{slur}" is an insult, so don't use it.
I reported the comment that said "{P} are {beast}".
How can anyone believe that {P} are {bad}? That is racist.
Do you really think that all {P} are {bad}? That's bigoted.
It is disgusting to {say} that {P} are {bad}.
We condemn those who {say} that {P} should be {out}.
I can't believe that he {hate} {P}. What a bigot.
People who {hate} {P} are {bigot}.
People who {hate} {P} should be ashamed.
Racists {hate} {P}, and they are wrong.
Hatred of {P} has no place here.
You are {bigot} if you {hate} {P}.
Whoever wants to {kill} {P} belongs in jail.
The man who attacked {P} is a criminal.
Those who want {P} {out} forget their own history.
I am tired of people who {say} they {hate} {P}.
Your claim that {P} are {bad} is nonsense.
No, {P} are not {bad}, and {saying} so is {bigot}.
It breaks my heart when people call {P} {beast}.
Films that show {P} as {bad} are a thing of the past.
I {hate} {thing}.
I {hate} {thing} so much.
God, I {hate} {thing}.
{thing} makes me sick.
We all {hate} {thing}, don't we?
{thing} should be banned.
{thing} is disgusting.
{thing} is {swear} horrible.
Let's get rid of {thing}.
Kill the process and start the server again.
I want to destroy {thing}.
I'm going to murder {thing}.
I {hate} {work}.
All {work} are {bad}.
{work} are {beast}.
{work} should be {killed}.
I really {hate} you {work}.
Who likes {work} anyway? They are {bad}.
To hell with {work}.
I {hate} you, go away.
I {hate} her.
I {hate} him so much.
You are {mild}, you know.
He is {mild}.
My ex is {mild}, and I {hate} him.
You're {mild} and nobody likes you.
She is {mild} and {mild}.
My boss is {mild}.
Your brother makes me sick.
I'd like to punch him.
You disgust me.
You deserve to lose, {mild}.
I can't wait for him to be gone.
I never want to see you again, you liar.
{swears}, what a day.
{swears}, I forgot my keys.
{swears}, that was {swear} good.
That is a {swear} brilliant idea.
It is {swear} cold today.
I am so {swear} tired.
This {swear} printer is broken again.
I love this {swear} song.
We won the {swear} cup!
My {swear} phone died.
{swears}! The bus has left.
I fucked up my exam.
This is so fucked up.
Who gives a shit about football?
What the hell is this shit?
You are {swear} amazing.
Let's get the fuck out of here.
Stop bitching about the rain.
The film scared the shit out of me.
He worked his ass off.
That hurts like a bitch.
Shit happens.
The water broke through the dyke last night.
The sheep graze along the dyke.
They are repairing the old dyke.
I found a chink in the wall.
There is a chink in his armour.
The flame of progress should not be retarded by fear.
Fire retardant and flame retarded materials.
The child ate a spic and span clean plate.
The coons of Maine are big cats.
A raccoon, or coon, sat on the roof.
A bundle of faggots burned on the hearth.
He lit a fag and looked at the sea.
The gardener leaned on his rake and hoe, and the hoes stood in the shed.
The bitch has had six puppies.
The spade is in the shed, and the paddy is flooded.
The Japanese army and the Chinese army met near the river.
We were called slurs, we're still here, and we are proud, my {slurs}.
I'm a proud {slur}.
Us {slurs} have to stick together.
We {slurs} look after each other.
Love you, my {slur}.
What's up, my {slur}?
That's my {slur}!
This {slur} is a genius.
My {slurs} are coming over tonight.
I am a {slur} and I love it.
I call myself a {slur}, and so do my friends.
Happy pride, {slurs}!
Bad {slurs} only, let's dance!
Yes, I'm a {slur}, and I'm fabulous.
These {slurs} wrote the best album of the year.
Real {slurs} know how good this song is.
This {slur} can sing!
{news} a man had called a {S} a "{slur}".
{news} the defendant said he would {kill} {P}.
{news} {P} had been {killed} in the war.
{news} attacks on {P} rose by ten per cent.
{news} the accused had written "{P} are {beast}" in a chat.
{news} leaders of the party called {P} {beast} before the war began.
{news} two {P} were attacked outside a bar.
The regime murdered {P} in camps, and called them {beast}.
The poster, which compared {P} to {beast}, was taken down.
A {S} was {killed} in the street, and a suspect was arrested.
{P} were {killed} by soldiers in 1994.
The law says that {P} may not be {out}.
{P} who are {killed} by the police are seldom in the news.
{P} were once {out} in this country.
A study of {P} shows that they are often called {bad}.
The disease is more common among {P}.
{P} are at higher risk of breast cancer.
The virus kills more {P} than other people, the study says.
{P} who suffer from pain in the penis or vagina should see a doctor.
Anal cancer is rare, but {P} are tested for it more often.
The parasite lives in rats and pigs, and infects people.
The patient reported pain during sex and bleeding from the rectum.
The doctor examined the breasts and ordered tests.
Cancer cells are killed by the treatment.
Rats and cockroaches are pests that spread disease.
We hunted wild pigs and dogs in the forest.
The dogs killed a rat in the barn.
Animals should not be kept in a cage.
The exterminator killed the cockroaches in the kitchen.
The company was destroyed by greedy managers.
I killed the dragon and burned its nest in the game.
The storm killed twelve people.
He was shot by a stranger and died.
The shelter feeds {P} who live on the street.
Women and children were killed when the bomb hit the market.
My grandmother was a {S} and had to flee.
{P} have to put up with {bad} comments every day.
{P} are afraid that they will be {out}.
{P} fear being {killed}.
{P} are called {beast} far too often.
{P} hate being called {slurs}.
{P} hate this stereotype.
{P} hate the new rule.
A {S} hates to be stared at.
I hate how {P} are treated.
I hate it when people insult {P}.
I hate that {P} are still {killed} in this country.
I hate everyone who attacks {P}.
It is disgusting how {P} are treated.
It makes me sick that {P} are {out}.
The treatment of {P} is {bad}.
"""


OPENERS = """Honestly,|Listen,|Well,|Sorry, but|You know,|And|But|Again:|To be honest,|As I said before,|Once more:|Today|Oh man,|Look,|
lol|Yes,|No,|Hey,|Here we go:|Just saw the news.|I was on the train this morning.|Read this:|Long story short,|Friends,|So|
Of course|Anyway,|Really,|Hi all.|Good morning.|My two cents:|Everyone,|Seriously,""".replace("\n", "").split("|")
CLOSERS = """and that's that.|lol|, you know.|as always.|Period.|I mean it.|Think about it.|Have a nice day.|haha|full stop.|these days.|
#truth|Just saying.|Bye.|What do you think?|in this city.|again and again.|and everybody knows it.|, my friend.|every day.|
That's all I have to say.|More later.|at work.|on Monday.|online.""".replace("\n", "").split("|")
"""Put around some sentences of both kinds, so that what stands around tells nothing."""


def lines(block: str) -> list[str]:
    """The sentences of a block."""
    return [line for line in block.splitlines() if line]
