"""The invented companies and people of the example store; every domain is one that can never be registered."""
# ruff: noqa: RUF001

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple


class Person(NamedTuple):
    """Someone who works at a firm."""

    name: str
    mailbox: str
    title: str


class Firm(NamedTuple):
    """A company with the people there."""

    name: str
    domain: str
    industry: str
    size: str
    country: str
    city: str
    people: tuple[Person, ...]


_FIRMS = """
Balkan Mlechni | balkan-mlechni.example | Food and drink | 201-500 | Bulgaria | Plovdiv
    Елена Тодорова | elena.todorova | Head of purchasing
    Димитър Велков | d.velkov | Plant manager
Rila Textiles | rila-textiles.example | Textiles | 51-200 | Bulgaria | Blagoevgrad
    Мария Чавдарова | maria.chavdarova | Managing director
    Стоян Кърджиев | s.kardzhiev | IT manager
Черноморски пристан | pristan.example | Logistics | 201-500 | Bulgaria | Varna
    Калина Друмева | kalina.drumeva | Operations director
    Пламен Ботушев | p.botushev | Fleet manager
Софт Витоша | soft-vitosha.example | Software | 11-50 | Bulgaria | Sofia
    Ивайло Гроздев | ivaylo | Founder
    Ралица Милкова | ralitsa | Head of product
Розова долина | rozova-dolina.example | Cosmetics | 51-200 | Bulgaria | Kazanlak
    Теодора Славчева | t.slavcheva | Export manager
    Борислав Янчев | b.yanchev | Finance director
Дунав Енерджи | dunav-energy.example | Energy | 501-1000 | Bulgaria | Ruse
    Николина Радулова | n.radulova | Head of procurement
    Кирил Манчев | k.manchev | Chief engineer
Огняново Спа | ognyanovo-spa.example | Hospitality | 51-200 | Bulgaria | Garmen
    Жасмина Пиринска | zhasmina | Hotel manager
Łódzkie Tkaniny | lodzkie-tkaniny.example | Textiles | 201-500 | Poland | Łódź
    Łukasz Żeromiński | lukasz.zerominski | Purchasing director
    Małgorzata Ścibor | m.scibor | Quality manager
Gdańska Stocznia Jachtów | stocznia-jachtow.example | Shipbuilding | 501-1000 | Poland | Gdańsk
    Grzegorz Brzęczkowski | g.brzeczkowski | Technical director
    Żaneta Kołodziejska | zaneta.kolodziejska | Project manager
Piekarnia Złoty Kłos | zloty-klos.example | Food and drink | 11-50 | Poland | Poznań
    Stanisław Wąsik | stanislaw.wasik | Owner
    Bożena Dźwigała | bozena | Office manager
Mazurskie Młyny | mazurskie-mlyny.example | Food and drink | 51-200 | Poland | Olsztyn
    Paweł Świątkiewicz | p.swiatkiewicz | Managing director
    Agnieszka Rżysko | a.rzysko | Controller
Śląska Energia Odnawialna | slaska-oze.example | Energy | 201-500 | Poland | Katowice
    Wojciech Gąsiorek | w.gasiorek | Head of operations
    Jadwiga Cieślikowa | j.cieslikowa | Procurement manager
Krakowskie Wydawnictwo Edukacyjne | kwe.example | Publishing | 51-200 | Poland | Kraków
    Zofia Półtorak | zofia.poltorak | Publishing director
    Michał Jędrzejko | m.jedrzejko | IT manager
Wrocław Robotics | wroclaw-robotics.example | Robotics | 11-50 | Poland | Wrocław
    Aleksandra Błażejczyk | aleksandra | Founder
    Tomasz Źrebiec | tomasz | Lead engineer
Nordlicht Optik | nordlicht-optik.example | Optics | 51-200 | Germany | Hamburg
    Annika Petersdorf | annika.petersdorf | Head of sales operations
    Jörg Hülsbeck | j.huelsbeck | Managing director
Spreewerk Maschinen | spreewerk.example | Machinery | 201-500 | Germany | Berlin
    Katrin Oehlmann | k.oehlmann | Purchasing manager
    Björn Strothkamp | b.strothkamp | Production manager
Isartal Medizintechnik | isartal-med.example | Medical devices | 51-200 | Germany | Munich
    Dr. Sabine Wallhofer | s.wallhofer | Head of research
    Florian Gmeinwieser | f.gmeinwieser | Finance director
Rheinblick Versicherungen | rheinblick.example | Insurance | 1000+ | Germany | Cologne
    Ulrike Schlösinger | u.schloesinger | Head of customer service
    Matthias Kürbitz | m.kuerbitz | Enterprise architect
Elbtal Papier | elbtal-papier.example | Paper | 201-500 | Germany | Dresden
    Heike Zschornack | h.zschornack | Plant manager
Atelier Lumière | atelier-lumiere.example | Design | 11-50 | France | Lyon
    Camille Roussillon | camille | Creative director
    Étienne Fauvergue | etienne | Studio manager
Vignobles Castelnac | castelnac.example | Wine | 11-50 | France | Bordeaux
    Hélène Castelnac | helene | Owner
    Grégoire Maurizot | gregoire | Export manager
Ouest Transports | ouest-transports.example | Logistics | 201-500 | France | Nantes
    Maëlle Kerbrizec | m.kerbrizec | Fleet director
    François Delaubrac | f.delaubrac | Head of IT
Clinique des Tilleuls | tilleuls.example | Healthcare | 201-500 | France | Strasbourg
    Inès Oberkampff | i.oberkampff | Administrative director
Harbour & Finch | harbour-finch.example | Retail | 51-200 | United Kingdom | Bristol
    Oliver Penhallow | oliver.penhallow | Head of e-commerce
    Imogen Thackeridge | imogen | Buying manager
Northgate Legal | northgate-legal.example | Legal services | 51-200 | United Kingdom | Leeds
    Priya Ravindar | p.ravindar | Practice manager
    Callum Strathearne | c.strathearne | Partner
Thistle Distillers | thistle-distillers.example | Food and drink | 51-200 | United Kingdom | Inverness
    Fiona MacAlasdair | fiona | Operations director
    Ewan Dunbrack | ewan | Head of sales
Marlowe Instruments | marlowe-instruments.example | Scientific instruments | 201-500 | United Kingdom | Cambridge
    Dr. Beatrice Holloway-Finn | b.holloway | Head of laboratories
    Jonah Whitlocke | j.whitlocke | Procurement manager
Fjällglimt Data | fjallglimt.example | Software | 51-200 | Sweden | Göteborg
    Linnéa Söderhamn | linnea.soderhamn | Chief technology officer
    Åke Bergvall-Lind | ake.bergvall | Finance director
Malmö Cykelfabrik | malmo-cykel.example | Bicycles | 51-200 | Sweden | Malmö
    Ebba Tjärnlund | ebba | Managing director
    Örjan Skoglycke | orjan | Production manager
Norrsken Trä | norrsken-tra.example | Timber | 201-500 | Sweden | Umeå
    Maj-Britt Älvdahl | mb.alvdahl | Head of purchasing
Prairie Grain Cooperative | prairie-grain.example | Agriculture | 201-500 | United States | Omaha
    Wade Lindqvister | w.lindqvister | General manager
    Rosalind Achterberg | r.achterberg | Controller
Bluebonnet Valley Health | bluebonnet-health.example | Healthcare | 1000+ | United States | Austin
    Dr. Marisol Quintavalle | m.quintavalle | Chief medical officer
    Desmond Okaforth | d.okaforth | Director of IT
Alte Drăgan Construcții | alte-dragan.example | Construction | 201-500 | Romania | Cluj-Napoca
    Andreea Țurcănașu | a.turcanasu | Project director
    Ștefan Brădeanu | s.bradeanu | Site manager
Моравски воћњаци | moravski-vocnjaci.example | Agriculture | 51-200 | Serbia | Čačak
    Јелена Воћаревић | jelena.vocarevic | Commercial director
    Небојша Крушкић | n.kruskic | Head of cold storage
Карпатські меблі | karpatski-mebli.example | Furniture | 201-500 | Ukraine | Lviv
    Оксана Вербовецька | oksana.verbovetska | Export director
    Тарас Гайдученко | t.haiduchenko | Production manager
Дніпро Логістик | dnipro-logistyk.example | Logistics | 51-200 | Ukraine | Dnipro
    Світлана Їжакевич | s.yizhakevych | Managing director
Vltava Sklo | vltava-sklo.example | Glass | 51-200 | Czechia | Prague
    Božena Křižíková | b.krizikova | Head of purchasing
    Ondřej Šťovíček | o.stovicek | Technical director
Cascade Outfitters | cascade-outfitters.example | Retail | 51-200 | United States | Portland
    Jordan Ellingwood | jordan.ellingwood | Head of merchandising
    Tamika Brightwater | t.brightwater | Chief operating officer
Moravské Pivovary | moravske-pivovary.example | Food and drink | 201-500 | Czechia | Brno
    Zdeněk Hořínek | z.horinek | Brewmaster
    Ludmila Dvořáčková-Malá | l.dvorackova | Marketing manager
Casa Azulejo | casa-azulejo.example | Ceramics | 11-50 | Portugal | Aveiro
    Inês Vasconcelhos | ines | Owner
    Tomé Albuquerquinho | tome | Workshop manager
Aegean Solar | aegean-solar.example | Energy | 11-50 | Greece | Thessaloniki
    Χριστίνα Παπαλουκά | christina | Managing director
    Νίκος Αγριολάκης | nikos | Project engineer
Lago Ceramiche | lago-ceramiche.example | Ceramics | 51-200 | Italy | Como
    Ginevra Bellacorte | ginevra.bellacorte | Export manager
    Ottavio Serramonti | o.serramonti | Finance director
Tulp & Zonen Bloemen | tulp-zonen.example | Flowers | 51-200 | Netherlands | Lisse
    Marijke van der Zonneveldt | marijke | Managing director
    Joost Hagelschuer | joost | Head of logistics
Alpenblick Hotels | alpenblick-hotels.example | Hospitality | 201-500 | Austria | Innsbruck
    Theresia Moosbrugg | t.moosbrugg | Group manager
    Lorenz Kitzhaber | l.kitzhaber | Head of IT
"""

# People with no company of their own.
FREELANCERS = (
    Person("Десислава Качулева", "desislava", "Interior architect"),
    Person("Krzysztof Szczygielski", "krzysztof", "Trade journalist"),
    Person("Noor Haddadine", "noor", "Consultant"),
    Person("Saoirse Kilbrannan", "saoirse", "Translator"),
    Person("Юлиян Бояров", "yuliyan", "Photographer"),
)
FREELANCE_DOMAIN = "freelance.example"

# Ranges that their countries keep for films and books: nobody answers there.
PHONES = {
    "United Kingdom": "+44 20 7946 0{:03d}",
    "United States": "+1 202 555 01{:02d}",
    "Germany": "+49 30 23125 {:03d}",
    "France": "+33 1 99 00 10 {:02d}",
}

OWNERS = ("ana", "boris", "kasia")
TAGS = ("vip", "newsletter", "reference", "partner", "expo", "renewal")
SOURCES = ("referral", "website", "trade fair", "cold call", "webinar", "partner")
CAMPAIGNS = ("Spring webinar", "Trade fair stand", "Reference customers")
PRODUCTS = ("Licences", "Rollout", "Pilot", "Support contract", "Training", "Migration", "Extension", "Audit")
NEXT_STEPS = (
    "send offer",
    "call about the contract",
    "demo with their team",
    "answer the questionnaire",
    "agree on dates",
)

# What was said, by kind of activity: subject, outcome.
TALKS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "call": (
        ("Introductory call", "wants a demo"),
        ("Discussed pricing", "send offer"),
        ("Asked about the decision", "board meets next month"),
        ("Went through open questions", None),
        ("Checked the budget", "budget is there this year"),
        ("No answer, left a message", "call again"),
    ),
    "meeting": (
        ("Demo for the whole team", "asked for a pilot"),
        ("Workshop on requirements", "list of twelve points"),
        ("Met at their office", "introduced to finance"),
        ("Contract talk", "legal has two remarks"),
    ),
    "email": (
        ("Sent the offer", None),
        ("Sent references from their industry", None),
        ("Answered the security questionnaire", None),
        ("They asked for a longer trial", "granted two weeks"),
        ("Thanks and summary of the call", None),
    ),
    "note": (
        ("Competitor is in the game as well", None),
        ("Prefers to be called in the morning", None),
        ("New budget year starts in spring", None),
        ("Reorganised: decisions now go through the group", None),
    ),
    "decision": (
        ("Which package? Basic, team, enterprise: team, because of the second site", None),
        ("Discount: 10 % for two years rather than 15 % for one", None),
    ),
}
TASKS = (
    "Send the offer",
    "Call back",
    "Prepare the demo",
    "Follow up on the contract",
    "Send references",
    "Ask for a date",
)
MEETINGS = ("Demo", "Contract talk", "Kick-off", "Quarterly review")


def firms() -> tuple[Firm, ...]:
    """The companies with their people, in the order written."""
    found: list[Firm] = []
    for line in _FIRMS.strip().splitlines():
        parts = [part.strip() for part in line.split("|")]
        if line.startswith(" "):
            found[-1] = found[-1]._replace(people=(*found[-1].people, Person(*parts)))
        else:
            name, domain, industry, size, country, city = parts
            found.append(Firm(name, domain, industry, size, country, city, ()))
    return tuple(found)
