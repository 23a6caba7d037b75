import OperatorCommands

@main
struct Main {
    static func main() async {
        await Olp.start()
    }
}
