//! People and units from a CSV file: read it, show what would change, change it.
//!
//! Called by `http::people` and by `diemcau people import`. `table` reads bytes, `plan` compares
//! with what is there; both are pure. Only [`apply`] writes, all rows in one transaction.

mod apply;
mod plan;
mod table;

pub(crate) use apply::compared;
pub use apply::{ImportFailure, OneTimeCode, apply, plan_of};
pub use plan::{FieldChange, Line, Outcome, Plan, RowProblem, Scope};
pub use table::{Field, FileKind, FileProblem, LINE_LIMIT_BYTES, ROW_LIMIT, Table, read};
