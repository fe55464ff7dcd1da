//! Where the files of `messages/` come from: the copy inside the program, or a folder beside it.
