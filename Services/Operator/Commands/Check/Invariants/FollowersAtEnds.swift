/// Without it, what services know of each other cannot be compared.
package struct FollowersAtEnds: Invariant {
    package let name = "followers-at-ends"
    package let claim = "every service has applied all that it follows"
    package let subjects = "followed feeds"

    package init() {}

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        var judgement = Judgement()
        for follower in suite.followers {
            judgement.look(at: follower.words, follower.isAtEnd ? nil : "is behind the end of the feed")
        }
        return judgement
    }
}
