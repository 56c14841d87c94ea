//! The built program on a real machine; every test has a folder and ports of its own.

mod acme;
mod certificate;
mod command_line;
mod locked;
mod nodes;
mod place;
mod visitor;
