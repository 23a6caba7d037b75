"""What Enrolment's catalogue offers to the cohorts that are filled, as in Services/Enrolment/Service/Domain/Catalogue."""

# Identifier, version, first year, group, declarations that it allows, modules, how many ask for it.
PROGRAMMES = [
    ("npq-senior-leadership", 2, 2021, 2, 4, 5, 26),
    ("npq-headship", 2, 2021, 2, 4, 5, 16),
    ("npq-executive-leadership", 2, 2021, 2, 4, 5, 6),
    ("npq-early-years-leadership", 1, 2022, 2, 4, 5, 5),
    ("npq-senco", 1, 2024, 2, 4, 5, 10),
    ("npq-leading-teaching", 1, 2021, 3, 3, 4, 14),
    ("npq-leading-teaching-development", 1, 2021, 3, 3, 4, 8),
    ("npq-leading-behaviour-culture", 1, 2021, 3, 3, 4, 9),
    ("npq-leading-literacy", 1, 2022, 3, 3, 4, 4),
    ("npq-leading-primary-mathematics", 1, 2023, 3, 3, 4, 2),
]
GROUPS = {2: "leadership", 3: "specialist"}
LEADERSHIP_MODULES = ["Induction", "Conference 1", "Conference 2", "Conference 3", "Assessment briefing"]
SPECIALIST_MODULES = ["Induction", "Conference 1", "Conference 2", "Assessment briefing"]
DECLARATIONS = {4: [1, 2, 3, 4], 3: [1, 2, 4]}
WITHDRAWALS = ["insufficient-capacity", "change-in-career", "change-in-school-circumstances", "personal-reason-other",
               "disengaged-and-unresponsive", "other"]
DEFERRALS = ["bereavement", "long-term-sickness", "parental-leave", "career-break", "other"]

GIVEN = """Sarah James Emma David Rachel Michael Laura Andrew Claire Paul Helen Mark Rebecca Daniel Hannah Thomas Lucy
Matthew Katie Christopher Charlotte Richard Amy Stephen Louise Robert Jennifer Simon Sophie Peter Nicola Jonathan Gemma
Adam Victoria Benjamin Kate Ian Joanne Martin Natalie Anthony Samantha Stuart Amanda Philip Catherine Kevin Zoe Neil
Alice Darren Jessica Gareth Lisa Craig Karen Lee Michelle Scott Alison Jamie Fiona Ryan Kelly Sean Tracey Alan Heather
Aisha Mohammed Fatima Imran Priya Rajesh Anita Sanjay Nadia Yusuf Zainab Omar Mei Wei Amara Kwame Chinedu Ngozi Tomasz
Agnieszka Piotr Katarzyna Elena Marco Giulia Pedro Ines Olga Dmitri Siobhan Declan Niamh Cerys Rhys Morag Hamish Orla
Bronwen Gwen Idris Tegan Ffion""".split()
FAMILY = """Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White
Roberts Green Hall Wood Jackson Clarke Khan Lewis Harris Clark Cooper King Turner Baker Martin Hill Ahmed Hughes Ward
Moore Edwards Allen Morris Harrison Ali Scott Lee Begum Singh Anderson Young Mitchell Watson Hussain Parker Bennett Cook
Kelly Bailey Carter Richardson Shaw Marshall Adams Collins Murphy Bell Miller Simpson Ellis Richards Phillips Wilkinson
Foster Graham Chapman Mason Russell Webb Powell Rogers Gray Rose Hunt Mills Holmes Palmer Matthews Gibson Fisher Barnes
Knight Harvey Jenkins Butler Lloyd Stevens Pearson Kennedy Murray Dixon Fletcher Hamilton Reynolds Elliott Ford Andrews
Payne Fox Pearce Day Brooks West Lawrence Cole Atkinson Spencer Dawson Watts Burton Wells Hart Saunders Gill Begley Rao
Okafor Mensah Nowak Kowalski Rossi Silva Ivanov Petrov Gallagher Byrne OConnor Doyle Quinn McCarthy MacDonald Campbell
Stewart Fraser Sinclair Pritchard Vaughan Bowen Rees Ashworth Entwistle Hargreaves Birtwistle Ramsbottom Featherstone
Thistlethwaite Postlethwaite Higginbottom Fairweather Greatorex Lightfoot Merriweather Winterbottom Youngblood
Ziegler Abernathy Quarshie Xiang""".split()
PLACES = """Leeds Bradford Sheffield Hull York Manchester Oldham Bolton Liverpool Preston Newcastle Durham Sunderland
Birmingham Coventry Leicester Nottingham Derby Norwich Ipswich Cambridge Oxford Reading Brighton Exeter Plymouth Bristol
Bath Truro Lincoln""".split()
POSTCODES = ["LS1 4AP", "BD1 1HX", "S1 2HH", "HU1 3DG", "YO1 7HH", "M1 1AE", "OL1 1LF", "BL1 1RU", "L1 8JQ", "PR1 2RL"]
