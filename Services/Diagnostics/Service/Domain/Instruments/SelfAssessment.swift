/// What candidates are asked about themselves when their training begins.
enum SelfAssessment {
    static let version1 = Instrument(
        key: InstrumentKey(id: "npq-self-assessment", version: 1), name: "NPQ self-assessment",
        introduction: """
            This questionnaire helps you to see where you stand at the start of your training and what you want to \
            work on. It is for your development only. It is not a test: it has no overall mark, it does not count \
            towards your qualification, and you are not compared with anybody. You and those at your provider who \
            support your training can see your answers and your profile; your school is not shown them. Say how true \
            each statement is of you in your present role. Where your role gives you no chance to know, choose \
            "cannot say". You can stop at any time and go on later, also on another device, and change answers until \
            you submit them.
            """,
        frameworkID: "npq", frameworkVersion: 1,
        scale: [
            ScalePoint(value: 1, label: "Not at all true of me"), ScalePoint(value: 2, label: "Slightly true of me"),
            ScalePoint(value: 3, label: "Partly true of me"), ScalePoint(value: 4, label: "Mostly true of me"),
            ScalePoint(value: 5, label: "Completely true of me"),
        ],
        items: asked(of: behaviours + contentAreas), minimumAnsweredPercent: 50)

    private typealias Statements = (competence: String, texts: [String])

    /// In rounds of one statement a competence: who has just answered one of a kind does not repeat that answer.
    private static func asked(of statements: [Statements]) -> [Item] {
        (0..<(statements.map(\.texts.count).max() ?? 0)).flatMap { round in
            statements.filter { round < $0.texts.count }.map { competence, texts in
                Item(id: "\(competence)-\(round + 1)", competence: competence, text: texts[round])
            }
        }
    }

    private static let behaviours: [Statements] = [
        ("commitment", [
            "I judge my decisions by what they do for pupils' learning.",
            "I see a piece of work through when it turns out harder than I expected.",
            "I keep to agreed priorities when other demands press.",
        ]),
        ("collaboration", [
            "I bring colleagues into decisions that affect their work before these are made.",
            "I ask others for help while there is still time for it to be useful.",
            "I give credit openly to those whose work made a success possible.",
        ]),
        ("personal-drive", [
            "I set myself goals that stretch me.",
            "I begin improvements without waiting to be asked.",
            "I make regular time for my own professional learning.",
        ]),
        ("resilience", [
            "I stay calm and think clearly when several problems come at once.",
            "After a setback I look for what can be learned and try again.",
            "I notice when my workload harms my work, and do something about it.",
        ]),
        ("awareness", [
            "I know how my mood and manner affect the people I work with.",
            "I ask for honest feedback on how I lead, and act on it.",
            "I notice when a colleague is struggling before they tell me.",
        ]),
        ("integrity", [
            "I do what I have said I will do.",
            "I admit my own mistakes to the people they concern.",
            "I speak up when something is not right, even if that is uncomfortable.",
        ]),
        ("respect", [
            "I listen to the end to people with whom I disagree.",
            "I treat colleagues in every role with the same courtesy.",
            "I take differences in background and belief into account when I plan and decide.",
        ]),
    ]

    private static let contentAreas: [Statements] = [
        ("strategy-and-improvement", [
            "I use several kinds of evidence to find out what most needs to improve.",
            "I can explain how my improvement work serves the aims of the whole school.",
            "I set measures of success before a change begins.",
            "I review a change at agreed times, and adapt or stop it if it does not work.",
        ]),
        ("teaching-and-curriculum-excellence", [
            "I use research and evidence when I decide how teaching should improve.",
            "I can tell which groups of pupils gain least from our curriculum, and why.",
            "I observe and discuss teaching in a way that helps colleagues to improve it.",
            "I check that what pupils learn builds on what they have learned before.",
        ]),
        ("leading-with-impact", [
            "I explain the reasons for a change so that people understand and support it.",
            "I adapt how I communicate to those I want to reach.",
            "I show in my own work the standards that I ask of others.",
            "I hold conversations about performance that are difficult but needed.",
        ]),
        ("working-in-partnership", [
            "I involve parents and carers in decisions about their children's learning.",
            "I seek out other schools to learn from and to work with.",
            "I know which services outside the school to turn to for a pupil, and use them.",
            "I agree with partners who does what, and keep to it.",
        ]),
        ("managing-resources-and-risks", [
            "I weigh the cost of a proposal in money and time against what pupils gain from it.",
            "I spread work fairly and with regard to people's workload.",
            "I identify what could go wrong with a plan, and prepare for it.",
            "I know my duties for the safety of pupils and staff, and act on them.",
        ]),
        ("increasing-capability", [
            "I know the strengths and development needs of each person I lead.",
            "I choose professional development by evidence of what improves practice.",
            "I give colleagues responsibility that helps them to grow, and support them in it.",
            "I plan for others to be able to take over what I do.",
        ]),
    ]
}
