import TestSupport
import Testing

@testable import GatewayService

@Suite("Handing elements over")
struct HandoverTests {
    @Test("whoever gives waits until it was taken, and what comes from one task stays in order")
    func order() async {
        let handover = Handover<(Int, Int)>()
        await withTaskGroup(of: Int.self) { group in
            for giver in 0..<4 {
                group.addTask {
                    var given = 0
                    while given < 500, await handover.give((giver, given)) { given += 1 }
                    return given
                }
            }
            var next = [0, 0, 0, 0]
            for _ in 0..<1_500 {
                guard let (giver, number) = await handover.take() else { break }
                #expect(number == next[giver])
                next[giver] += 1
            }
            group.cancelAll()
            // What was not taken was not given.
            var given = 0
            for await count in group { given += count }
            #expect(given == 1_500 && next.reduce(0, +) == 1_500)
        }
    }

    @Test("a task that is cancelled gives no more, and leaves nothing behind")
    func cancelledGiver() async {
        let handover = Handover<Int>()
        let giver = Task { await handover.give(1) }
        giver.cancel()
        #expect(await giver.value == false)
        async let given = handover.give(2)
        #expect(await handover.take() == 2)
        #expect(await given)
    }

    @Test("a task that is cancelled takes nothing")
    func cancelledTaker() async {
        let handover = Handover<Int>()
        let taker = Task { await handover.take() }
        taker.cancel()
        #expect(await taker.value == nil)
    }
}
