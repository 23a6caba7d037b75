/// Writes everything that follows from the protos. Called by Protos/generate.
///
///     Generator <descriptor set> <OpenAPI supplement> <output root>
///
/// The output root gets the repository's folders (Shared/…), in which the generated files are the
/// only ones. Nothing is read but the two files.
@main
struct Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 3, let set = arguments.first, let root = arguments.last else {
            Files.fail("usage: Generator <descriptor set> <OpenAPI supplement> <output root>")
        }
        do {
            let files = try ModelReader.files(inSet: try Files.read(set)).sorted { $0.name < $1.name }
            let supplement = try JSONTree(parsing: Files.read(arguments[arguments.startIndex + 1]))
            for (path, text) in try Output.all(Schema(files), openAPI: supplement).sorted(by: { $0.key < $1.key }) {
                try Files.save(text, to: "\(root)/\(path)")
            }
        } catch {
            Files.fail("Generator: \(error)")
        }
    }
}
