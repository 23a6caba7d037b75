import ServiceKit
import TrainingEventsService

@main
enum Main {
    static func main() async {
        await ServiceProcess.run(.trainingEvents)
    }
}
