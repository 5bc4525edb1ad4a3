"""Short and pet names: which given names may be one person's."""

from __future__ import annotations

from functools import cache

from crmcli.domain.transliteration import sound, words

# One person's names on a line; a pet name may stand on several. Spellings that sound alike need not be repeated.
_LINES = """
alexander aleksandr oleksandr alexandre alejandro aleksandar alex sasha shura sanya sandro al lex olek alek сашо алекс сашко
alexandra aleksandra oleksandra alejandra alex sasha sandra ola sanya сашка
alexey alexei alyosha alesha lyosha lesha oleksiy oleksii
andrew andrey andrei andrzej andzhei andreas andres andre andy drew andryusha drey
anna ann anne anja anya annie anka anita hannah hana nancy ania anushka anche аня анче
anthony antonio antoni anton antoine tony toni antek toncho тони
anastasia nastya nastia stasya asya anastasiya
barbara barb babs basia barbie
benjamin ben benny benji
catherine katherine katharina katarzyna katazhina catalina caterina ekaterina kate cathy kathy kat katie katya kasia katja katrin kati
charles charlz sharl charlie chuck carl karl carlos carlo karol karel karlheinz
christopher chris kris kit christophe krzysztof kshishtof christoph krzys
christina kristina christine krystyna tina chris kris hristina krisi
christian krystian chris kris
daniel dan danny daniil danil dani daniela danail
david dave davy davide dawid
deborah debbie deb debora
dimitar dimitri dmitry dima mitko mitya dimitris mitja dimitrios mito
donald don donnie
dorothy dorothea dorota dot dottie dora
edward ed eddie ned ted teddy eduard eduardo edek
eleanor nora ellie eleonora elena nelly
elena helen helena yelena olena lena lenka ela ellie elenka helene eleni lenny
elizabeth elisabeth elizaveta isabel elzbieta liz lizzie beth betty eliza lisa liza ela libby elise bess elsa betsy
eugene evgeny yevgeny evgeni zhenya gene jenya zheni
eva eve evka ewa evita
francis francisco frances francesco frank paco pancho fran franz francois franciszek franek franco franziska frankie
frederick friedrich fred freddy fritz frederic federico fryderyk
gabriel gabe gabi gabriela gabrielle
george dzhordzh georgi georg jorge horhe georgios yuri jerzy yezhi jurek gosho joro jerry zhoro georges gogo yura jure
gregory grigory grigori greg grzegorz grisha gregor grzesiek gzhegozh gregorio
henry heinrich enrique hank harry henri henryk heiko heinz kike
hristo hrisi itso itzo ico christo
igor igorek gosha
ivan ioan ivo vanya vanyo ivancho vania vanko
ivanka vanya vanka iva
jacob jakob jakub zhak jake kuba jacques yakov yasha jaap james
james dzheims jim jimmy jamie jaime diego santiago jem
jane janet joan joanna jana johanna juana jeanne jenny asia joasia yana janina
jennifer jen jenny
jessica jess jessie
john dzhon johann johannes jan juan jean zhan huan hans jack jon johnny ivan giovanni janek jonny jaś jens
joseph josef jose hose dzhozef jozef joe joey pepe giuseppe sepp iosif jupp osip joszko
julia yulia julie juliette jule yulya julka giulia
katerina katya katia ekaterina katy
konstantin kostya kosta kostadin konstantinos kocho
lawrence larry laurence lorenz lorenzo laurent lars
leonard leo leonid lenny leonardo len lyonya
ludmila lyudmila luda lyuda mila lyusya lucy
louis lou lui ludwig luis lewis luigi louie
lubomir lyubomir lyubo lubo ljubo ljubomir
lukasz luke lucas lukas luca lukasch
malgorzata malgozhata margaret gosia margarete margarita maggie meg peggy greta gretchen rita marge margot margarethe grete madge
manuel manolo manny manu emanuel emmanuel manol
maria marie mary marija mariya marika mimi masha marusya mary molly marysia mitzi marya maryam manya marichka
mark marc marek marcus marcos marco marko markus
martin marty marcin martino
matthew matt matthias mateusz mateo mathieu matthieu matteo matvey matty mati
maxim max maximilian maks maxime
michael maikl maikal mike maik mick mickey mikhail misha michal miguel michel mihail misho micha mischa michele mykhailo misza mikey
mihaela mihaila michaela misha ela
natalia natalya natasha nata natalie nataliya tasha nathalie
nicholas nick nikolay nikolai nikola kolya niko nicolas nico klaus niklas mikolaj nikos nicola claus kolyo nicky mykola
nikita nik nick
oleg olezhka oleh
olga olya ola olha olenka
patricia pat patty patrizia tricia trish paty
patrick pat paddy patrice patricio patryk
paul pavel pablo pawel paolo pasha pavlo pavlik paulo
peter petar piotr petr pyotr pedro pierre pete pesho petya pietro petro petko piotrek
petya petia petra
radoslav rado radoslaw radko
raymond ray raimund ramon
rebecca becky becca rebekka
richard rick dick rich ricardo ricky rico ryszard riccardo rysiek
robert robat bob rob bobby robbie roberto bert robin
ronald ron ronnie
samuel sam sammy
samantha sam sammy
sebastian seb bastian sebastien basti
sergey sergei serge sergio serhii seryozha serezha serhiy sergiusz
sofia sophia sophie sofija zofia zosia sonya sonja sofie
stanislav stas stanislaw stanley stan stasiu slavi
stephen steven stiven stefan steve esteban etienne stefano stephan stepan stevie szczepan stephane
susan suzanne susanna zuzanna susie sue suzy susanne zuza susana suse
svetlana sveta lana svetla svitlana svetoslava
svetoslav svetlyo svetlio
tatiana tatyana tanya tania tetiana tatjana tanja tata
theodore theodor todor teodor ted teddy theo fyodor fedor fedya tosho tocho
thomas tomas tom tommy tomas tomasz tomek tomasso tommaso foma
timothy tim timmy timofey tymoteusz
valentin valya valentino val
valentina valya valia val
vasily vasil vasile basil vasya vasilis wasyl vasko vasili
ursula uschi ulla ursel
xavier javier havier ksaver xaver
victor viktor vic vitya wiktor vittorio vitek
victoria viktoria vicky vika wiktoria tori viktoriya viki
vladimir vlad volodya vova volodymyr wladimir vlado vladi wlodzimierz vladko
vladislav vlad vladik wladyslaw vladi ladislav
vyacheslav slava veslav viacheslav vjaceslav wieslaw
walter wolter walt gualtiero wally
wilhelm william uiliam will uil bill billy guillermo guillaume willi willy liam guglielmo vasyl wilhelmina
wolfgang wolf wolfi
wojciech adalbert wojtek voitech
yaroslav slava jaroslav jaroslaw jarek yarik
yordan jordan dancho dany
yuri yury iurii yura juri george jurij
zbigniew zbyszek zbych
zdravko zdravcho
"""


@cache
def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_LINES.strip().splitlines()):
        for word in words(line):
            found.setdefault(sound(word), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def groups_of(given: str) -> frozenset[int]:
    """The numbers of the lines on which a given name's sound stands."""
    return _groups().get(given, frozenset())


def may_be_one(one: str, other: str) -> bool:
    """Whether the sounds of two different given names may be names of one person."""
    return not groups_of(one).isdisjoint(groups_of(other))
