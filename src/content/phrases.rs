//! The interface: questions, confirmations, button labels, command descriptions.
