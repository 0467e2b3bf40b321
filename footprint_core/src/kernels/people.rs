//! From users to their source rows.

use crate::error::{Result, input};
use crate::layout::Layout;

/// Whether the user of each source row is among those flagged; rows left out are not.
///
/// # Errors
/// `wanted` does not have one entry per user.
pub fn rows_of(layout: &Layout, wanted: impl Fn(usize) -> bool, known: usize) -> Result<Vec<bool>> {
    if known != layout.users() {
        return Err(input(format!("{known} flags, the log has {} users", layout.users())));
    }
    let mut rows = vec![false; layout.source_rows];
    for user in (0..layout.users()).filter(|&user| wanted(user)) {
        for &row in &layout.source[layout.range(user)] {
            rows[row as usize] = true;
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::rows_of;
    use crate::layout::{Fingerprint, Input, Instants, Users, build};
    use crate::task::Task;

    #[test]
    fn rows_of_flagged_users_are_found_wherever_they_stand() {
        let users = [7, 8, 7, 9];
        let source = Input {
            users: Users::of_prints(users.iter().map(|&user| Some(Fingerprint(user, 0)))),
            instants: Instants::of_micros(&[3, 2, 1, 0]),
            event: &[0; 4],
            channel: &[0; 4],
            late: None,
        };
        let layout = build(source, &Task::default()).expect("a layout").layout;
        let first = |user: usize| layout.source[layout.range(user).start] as usize;
        let wanted = |user: usize| users[first(user)] == 7;
        let rows = rows_of(&layout, wanted, layout.users()).expect("rows");
        assert_eq!(rows, [true, false, true, false]);
        assert!(rows_of(&layout, wanted, 99).is_err());
    }
}
