//! One leg's way in and out.
