/// Writes everything that follows from the protos. Called by Protos/generate.
///
///     Generator <descriptor set> <output root>
///
/// The output root gets the repository's folders (Shared/…), in which the generated files are the
/// only ones. Nothing is read but the descriptor set.
@main
struct Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let set = arguments.first, let root = arguments.last else {
            Files.fail("usage: Generator <descriptor set> <output root>")
        }
        do {
            let files = try ModelReader.files(inSet: try Files.read(set)).sorted { $0.name < $1.name }
            for (path, text) in try Output.all(Schema(files)).sorted(by: { $0.key < $1.key }) {
                try Files.save(text, to: "\(root)/\(path)")
            }
        } catch {
            Files.fail("Generator: \(error)")
        }
    }
}
