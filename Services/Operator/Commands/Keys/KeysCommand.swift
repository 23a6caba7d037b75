package import ArgumentParser
import Values

package struct KeysCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes and changes the keys by which processes on several machines know each other.",
        discussion: """
            On one machine the suite needs none of this: calls go through files that
            only their owner can open. Over tcp every process has a key.

            In the folder, data/keys unless --folder says otherwise:
              NAME.key           NAME's secret key: for NAME's machine, mode 600
              known.keys         everybody's public key, one NAME KEY a line: for all
              NAME.signing-key   the secret key by which NAME says who acts
              signers.keys       the public keys of those

            SET UP
              olp keys make gateway          and so for partnership, enrolment,
                                             training-events, diagnostics, and
                                             for every operator
              olp keys make gateway --signing
            Then on each machine, in the process's configuration:
              listen = tcp://10.0.0.5:7001   (and peer-… = tcp://… where it calls)
              key-file = …/partnership.key
              allowed-callers = …/known.keys     or a copy with fewer names
              known-services = …/known.keys
              known-signers = …/signers.keys
            and, for the gateway, signing-key-file = …/gateway.signing-key.

            CHANGE A KEY, while everything else goes on
              1. olp keys rotate NAME    makes the new key; known.keys has both
              2. copy known.keys to every machine; it is read anew by itself
              3. copy NAME.key to NAME's machine and restart NAME
              4. olp keys retire NAME    takes the old key off known.keys
              5. copy known.keys to every machine
            signers.keys is read at the start only: in 2 and 5, restart the processes.

            A KEY WAS STOLEN: take its line off known.keys everywhere. Connections
            that were made with it end within seconds.

            Secret keys are never printed.
            """,
        subcommands: [KeysMakeCommand.self, KeysListCommand.self, KeysRotateCommand.self, KeysRetireCommand.self])

    package init() {}
}

/// What the commands about keys share.
package struct KeysOptions: ParsableArguments {
    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: ArgumentHelp("Folder of the keys. Else keys in the suite's data folder.", valueName: "dir"))
    package var folder: String?

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    func keys(_ surroundings: Surroundings) -> KeyFolder {
        KeyFolder(
            path: folder.map(surroundings.absolute) ?? "\(suite.folder(surroundings).path)/keys",
            ownerID: surroundings.userID, today: SystemWallClock().today())
    }
}

package struct KeysMakeCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Makes a name's first key.",
        discussion: "Prints the public half as lists have it. The secret one is written to a file and never shown.")

    @OptionGroup package var options: KeysOptions
    @Flag(name: .long, help: "A key to say who acts with, as the gateway does.")
    package var signing = false
    @Argument(help: "Whose key: a service, gateway, or an operator.")
    package var name: String

    package var json: Bool { options.json }

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let (keys, kind) = (options.keys(surroundings), signing ? KeyKind.signing : .transport)
        let key = try keys.make(name, kind)
        NewKey(name: name, key: key, keys, kind).tell(console, surroundings, json: json)
    }
}

package struct KeysRotateCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Makes a name's next key; the old one stays on the list.",
        discussion: "`olp keys retire NAME` takes the old one off, once NAME runs with the new one. See `olp help keys`.")

    @OptionGroup package var options: KeysOptions
    @Flag(name: .long, help: "The key to say who acts with.")
    package var signing = false
    @Argument(help: "Whose key.")
    package var name: String

    package var json: Bool { options.json }

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let (keys, kind) = (options.keys(surroundings), signing ? KeyKind.signing : .transport)
        let key = try keys.rotate(name, kind)
        NewKey(name: name, key: key, keys, kind).tell(console, surroundings, json: json)
        console.say("The old key is good until: olp keys retire \(name)\(kind.flag)")
    }
}

package struct KeysRetireCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Takes a name's old keys off the list.",
        discussion: "Do it when the name's process runs with the new key, or it is locked out.")

    @OptionGroup package var options: KeysOptions
    @Flag(name: .long, help: "The keys to say who acts with.")
    package var signing = false
    @Argument(help: "Whose keys.")
    package var name: String

    package var json: Bool { options.json }

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let count = try options.keys(surroundings).retire(name, signing ? .signing : .transport)
        if json { return console.print(JSONText.encode(["retired": count])) }
        console.say(count == 0 ? "\(name) has no old keys." : "\(count) old \(count == 1 ? "key" : "keys") of \(name) taken off.")
    }
}

package struct KeysListCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the public keys.",
        discussion: """
            in use       the secret half is in this folder
            old          the folder has a newer one; `olp keys retire` ends it
            public only  the secret half is elsewhere
            """)

    @OptionGroup package var options: KeysOptions

    package var json: Bool { options.json }

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let entries = try options.keys(surroundings).entries()
        guard !json else { return console.print(JSONText.encode(["keys": entries], pretty: true)) }
        let width = entries.map(\.name.count).max() ?? 0
        for entry in entries {
            let name = entry.name + String(repeating: " ", count: width - entry.name.count)
            let kind = entry.kind == .signing ? "signing  " : "transport"
            console.print("\(name)  \(kind)  \(entry.key)  \(entry.state.words)")
        }
        if entries.isEmpty { console.say("There are no keys. Make one: olp keys make NAME") }
    }
}

extension KeyFolder.Entry.State {
    var words: String {
        switch self {
        case .inUse: "in use"
        case .old: "old"
        case .publicOnly: "public only"
        }
    }
}

/// What is told of a key that was made.
private struct NewKey: Encodable {
    let name: String
    let key: String
    let secretFile: String
    let list: String

    init(name: String, key: String, _ folder: KeyFolder, _ kind: KeyKind) {
        self.name = name
        self.key = key
        secretFile = folder.secretPath(name, kind)
        list = folder.listPath(kind)
    }

    func tell(_ console: Console, _ surroundings: Surroundings, json: Bool) {
        guard !json else { return console.print(JSONText.encode(self)) }
        console.print("\(name) \(key)")
        console.say("The secret key is in \(surroundings.shown(secretFile)), this public one in \(surroundings.shown(list)).")
    }
}
