/** What is asked of nodes beyond what they do today: `true` where they are to be held to it. */
export const ASKED = {
  /** That also a node which hears nothing of an origin knows in time that it is cut off, and calls nobody of it OFFLINE. */
  warningInTime: false,
  /** That no silence of many is seen by chance when tables were learned by which users are due much earlier than was counted. */
  countWhileLearning: true,
  /** That a node which has crashed does not keep others from waiting for one that is cut off later. */
  waitingAfterCrashes: true,
  /** That others wait for every node that hears some session of a user, and not only that of which OFFLINE is crossed last. */
  usersOfTwoOrigins: true,
  /** That others wait for a node which is slow to record the first heartbeat of an origin. */
  newOrigins: true,
};
