/** What is asked of nodes beyond what they do today: `true` where they are to be held to it. */
export const ASKED = {
  /** That also a node which hears nothing of an origin knows in time that it is cut off, and calls nobody of it OFFLINE. */
  warningInTime: false,
  /** That a change which waited for room is not told when it is withheld by then. */
  secondThoughts: false,
  /** That no silence of many is seen by chance where some users beat through two nodes. */
  countOfGuests: false,
  /** Nor when other tables were learned, by which everybody is due at another time than was counted. */
  countWhileLearning: false,
  /** That a hold which takes the place of another one lets go of nobody, or at once. */
  renewalOfHolds: false,
  /** That it does not matter through which of two origins a user was heard whose one is drained. */
  usersOfTwoOrigins: false,
  /** That heartbeats count which were received and recorded while the answer to a slow question was on its way. */
  answersOfBefore: false,
  /** That a node is blind from when its connection broke, and not from the first call that fails. */
  blindFromTheBreak: false,
  /** That a reader who was slow is told of others although a record was lost of which it has something to be told. */
  lossBeforeOthers: false,
};
