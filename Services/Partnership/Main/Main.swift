import PartnershipService
import ServiceKit

@main
enum Main {
    static func main() async {
        await ServiceProcess.run(.partnership)
    }
}
