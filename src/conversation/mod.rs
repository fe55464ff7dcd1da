//! What to answer: a pure function of the request, the subscriber, the content and the time.
