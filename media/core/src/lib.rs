//! (opens with the first real code)
