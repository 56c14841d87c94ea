//! Schema versions and what to do about them.
//!
//! Used by both databases when they are opened. Migrations go forward only and are embedded; a
//! schema newer than the program is refused, because writing to it could lose what it means.

use super::StoreFailure;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Schema version after this step; steps count 1, 2, 3 …
    pub to: i64,
    /// Statements of one transaction.
    pub sql: &'static str,
}

/// The steps from `found` on.
///
/// # Errors
/// `NewerSchema` when `found` is above the last step.
pub(super) fn pending(
    migrations: &'static [Migration],
    found: i64,
) -> Result<&'static [Migration], StoreFailure> {
    let known = migrations.last().map_or(0, |last| last.to);
    if found > known {
        return Err(StoreFailure::NewerSchema { found, known });
    }
    let done = migrations.partition_point(|step| step.to <= found);
    Ok(&migrations[done..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: &[Migration] = &[Migration { to: 1, sql: "" }, Migration { to: 2, sql: "" }];

    #[test]
    fn only_later_steps_are_pending_and_a_newer_schema_is_refused() {
        let steps = |found| pending(STEPS, found).map(|p| p.iter().map(|s| s.to).collect::<Vec<_>>());
        assert_eq!(steps(0).unwrap(), vec![1, 2]);
        assert_eq!(steps(1).unwrap(), vec![2]);
        assert_eq!(steps(2).unwrap(), Vec::<i64>::new());
        assert!(matches!(steps(3), Err(StoreFailure::NewerSchema { found: 3, known: 2 })));
    }
}
