import Values

/// Names of people who do not exist.
enum InventedNames {
    private static let given = [
        "Aaliyah", "Adam", "Agnieszka", "Alison", "Amara", "Andrew", "Anjali", "Benedict", "Bethan", "Bilal",
        "Caroline", "Chidi", "Ciara", "Claire", "Daniel", "Deepa", "Dominic", "Eleanor", "Emeka", "Esther", "Farah",
        "Fiona", "Gareth", "Grace", "Hannah", "Harpreet", "Helen", "Hugo", "Imogen", "Ioana", "Ishaan", "Jack",
        "Jasmine", "Joseph", "Kavita", "Keira", "Kofi", "Laura", "Leila", "Liam", "Malik", "Maria", "Martha",
        "Matthew", "Mei", "Naomi", "Nathan", "Nia", "Niamh", "Oliver", "Olu", "Patrick", "Philippa", "Priya",
        "Rachel", "Rhys", "Rosalind", "Samira", "Sean", "Siân", "Sunita", "Tariq", "Thomas", "Victoria", "Yasmin",
        "Zoë",
    ]
    private static let family = [
        "Abara", "Ahmed", "Aldridge", "Ashworth", "Banerjee", "Barlow", "Bright", "Callaghan", "Carver", "Chowdhury",
        "Clegg", "Davenport", "Dhillon", "Doyle", "Eastwood", "Ellery", "Fairclough", "Farouk", "Fenwick", "Garside",
        "Greenhalgh", "Hargreaves", "Hassan", "Holroyd", "Hussain", "Igwe", "Iqbal", "Jarvis", "Kaminski", "Kaur",
        "Kershaw", "Lindqvist", "Lowther", "Mahmood", "Marsden", "McAllister", "Mensah", "Nakamura", "Nowak",
        "O'Connor", "Okafor", "Ormerod", "Osei", "Pemberton", "Popescu", "Quigley", "Rahman", "Ramsbottom", "Redfern",
        "Sandhu", "Schofield", "Sharma", "Shaw", "Singh", "Tattersall", "Thackeray", "Turnbull", "Ullah", "Varga",
        "Walmsley", "Whitworth", "Wolstenholme", "Yeung", "Zielinska",
    ]

    static func name(using random: inout SeededGenerator) -> (given: String, family: String) {
        (random.pick(given), random.pick(family))
    }

    /// At a domain that never belongs to anybody (RFC 2606).
    static func email(_ name: (given: String, family: String), number: Int, seed: UInt64) -> String {
        let plain: [Character: Character] = ["â": "a", "ë": "e"]
        let letters = "\(name.given).\(name.family)".lowercased().map { plain[$0] ?? $0 }
        return String(letters.filter { $0.isASCII && ($0.isLetter || $0 == ".") }) + ".\(number).\(seed)@example.org"
    }
}
