import Synchronization

/// Hands elements from several tasks to one. Whoever gives waits until it was taken, so nothing piles up here: a reader
/// that is slow makes its sources wait.
final class Handover<Element: Sendable>: Sendable {
    private struct Offer {
        let number: Int
        let element: Element
        let taken: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// One for each task that gives.
        var offers: [Offer] = []
        var lastNumber = 0
        var taker: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Waits until the element was taken.
    /// - Returns: false if it was not, because this task was cancelled.
    @discardableResult
    func give(_ element: Element) async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isKept, taker) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
                    guard !Task.isCancelled else { return (false, nil) }
                    state.offers.append(Offer(number: number, element: element, taken: continuation))
                    return (true, state.taker.take())
                }
                if !isKept { continuation.resume(returning: false) }
                taker?.resume()
            }
        } onCancel: {
            let offer = state.withLock { state in
                state.offers.firstIndex { $0.number == number }.map { state.offers.remove(at: $0) }
            }
            offer?.taken.resume(returning: false)
        }
    }

    /// The next element; nil if this task was cancelled. One task takes.
    func take() async -> Element? {
        while true {
            let offer = state.withLock { $0.offers.isEmpty ? nil : $0.offers.removeFirst() }
            if let offer {
                offer.taken.resume(returning: true)
                return offer.element
            }
            if Task.isCancelled { return nil }
            await waitForOffer()
        }
    }

    private func waitForOffer() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    guard state.offers.isEmpty, !Task.isCancelled else { return false }
                    state.taker = continuation
                    return true
                }
                if !isWaiting { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.taker.take() }?.resume()
        }
    }
}
