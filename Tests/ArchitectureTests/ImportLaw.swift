/// Laws 1 to 4: a module imports only what stands below it, a C library has one home, and the rooms of a service
/// keep apart what is pure, what is stored and what is said to others.
enum ImportLaw {
    static func violations(in file: SourceFile) -> [Violation] {
        guard let module = file.module else { return [] }
        return file.imports.compactMap { name, line in
            complaint(about: name, in: file, module: module).map { Violation(path: file.path, line: line, message: $0) }
        }
    }

    private static func complaint(about name: String, in file: SourceFile, module: String) -> String? {
        if let homes = ImportTable.homes[name], !homes.contains(module) {
            return "\(name) is imported by \(homes.sorted().joined(separator: ", ")) only: use its Swift API"
        }
        if name == module { return "a module does not import itself" }
        if file.isTest { return complaintInTest(about: name) }
        if ImportTable.everywhere.contains(name) { return nil }
        if let room = file.room {
            if let rule = ImportTable.forbiddenInRooms[room], rule.forbidden.contains(name) {
                return "\(room)/ must not import \(name): \(rule.why)"
            }
            if let rule = ImportTable.rooms[room], !rule.allowed.contains(name) {
                return "\(room)/ must not import \(name): \(rule.why)"
            }
        }
        guard let allowed = ImportTable.modules[module] else {
            return "\(module) has no row in ImportTable.modules: give it one"
        }
        guard allowed.contains(ImportTable.cLibraries.contains(name) ? "Glibc" : name) else {
            return "\(module) must not import \(name): it may import \(allowed.sorted().joined(separator: ", "))"
        }
        return nil
    }

    /// Tests may look at everything but other services' executables, whose code is in the libraries.
    private static func complaintInTest(about name: String) -> String? {
        let executables: Set = ["Partnership", "Enrolment", "TrainingEvents", "Diagnostics", "Gateway", "Operator"]
        return executables.contains(name) ? "test the library, not the executable \(name)" : nil
    }
}
