//! How to reach the practice that runs this bot. Empty until the operator fills it in; nothing is invented.
