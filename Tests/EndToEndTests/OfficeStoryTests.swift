import SuiteSupport
import TestSupport
import Testing

@Suite("The whole story, through the gateway")
struct OfficeStoryTests {
    @Test("from the register of schools to a profile, and over the loss of a service")
    func story() async throws {
        let folder = try TemporaryDirectory()
        let programs = try ProgramFolder(in: folder)
        try await RunningSuite.with(["--bin", programs.path]) { suite in
            try await ChangeListener.with(suite) { changes in
                var story = OfficeStory(suite, changes)
                try await story.theRegisterIsImported()
                try await story.aPartnerJoinsWithMembers()
                try await story.aCohortOpens()
                try await story.applicationsAreImportedFromAFile()
                try await story.othersApplySingly()
                try await story.theRulesRefuseWhatTheyShould()
                try await story.fourAreAcceptedAndOneIsRejected()

                try await story.anEventIsScheduledAndFills()
                try await story.theOthersWait()
                try await story.aCancellationBecomesAnOfferThatIsTaken()
                try await story.aWithdrawalReleasesAPlace()
                try await story.theRegisterIsTaken()

                try await story.aQuestionnaireIsAssigned()
                try await story.itIsAnsweredInTwoSittings()
                try await story.itIsSubmittedAndHasAProfile()

                try await story.thePartnerSeesItsCounts()
                try await story.everyOverviewIsComplete()
                try await story.oneSearchFindsEverything()

                try await story.aDeadServiceIsNamedAndMissedNoMore(programs)
                try await story.aServiceThatHangsKeepsNobodyWaiting()
                try await story.withoutTheQuestionThereIsNoAnswer(programs)
            }
        }
    }
}
