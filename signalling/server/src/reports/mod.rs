//! Reports of a meeting as CSV, XLSX and PDF.
//!
//! Made by `http::reports` from what the journal has led to. A report is a [`Sheet`] first, so the three
//! forms never differ in what they say.

mod attendance;
mod end;
mod end_sheet;
mod pdf;
mod roll_call;
mod sheet;
mod tables;
mod words;

pub(crate) use attendance::{Attendance, attendance};
pub(crate) use end::{EndFold, Words, end_report};
pub(crate) use end_sheet::end_sheet;
pub(crate) use roll_call::roll_call;
pub(crate) use sheet::Form;
