//! Arrow dictionaries (categories, enums) to codes of the words that occur, sorted.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use rayon::prelude::*;

use super::{MISSING, Strings};

/// The strings of an array, if it holds strings.
#[must_use]
pub fn strings(array: &ArrayRef) -> Option<Strings> {
    match array.data_type() {
        DataType::Utf8View => Some(Strings::View(array.as_string_view().clone())),
        DataType::LargeUtf8 => Some(Strings::Large(array.as_string::<i64>().clone())),
        DataType::Utf8 => Some(Strings::Small(array.as_string::<i32>().clone())),
        _ => None,
    }
}

/// Codes by row ([`MISSING`] where null) and the words that occur, sorted; `None` for arrays that
/// are no dictionaries of strings. Chunks may have dictionaries of their own.
#[must_use]
pub fn recode(chunks: &[ArrayRef]) -> Option<(Vec<u32>, Vec<String>)> {
    let parts: Vec<(Vec<u32>, Strings)> =
        chunks.par_iter().map(keys_of).collect::<Option<Vec<_>>>()?;
    let mut words: Vec<&str> = Vec::new();
    let mut used = Vec::with_capacity(parts.len());
    for (keys, values) in &parts {
        let mut seen = vec![false; values.len()];
        keys.iter().filter(|key| **key != MISSING).for_each(|&key| seen[key as usize] = true);
        words.extend((0..seen.len()).filter(|&at| seen[at]).filter_map(|at| values.get(at)));
        used.push(seen);
    }
    words.sort_unstable();
    words.dedup();
    let place: HashMap<&str, u32> =
        words.iter().enumerate().map(|(code, &word)| (word, code as u32)).collect();
    let mut codes = Vec::with_capacity(parts.iter().map(|(keys, _)| keys.len()).sum());
    for ((keys, values), seen) in parts.iter().zip(used) {
        let code = |at: usize| values.get(at).and_then(|word| place.get(word)).copied();
        let map: Vec<u32> = (0..seen.len())
            .map(|at| if seen[at] { code(at).unwrap_or(MISSING) } else { MISSING })
            .collect();
        codes.extend(keys.iter().map(|&key| map.get(key as usize).copied().unwrap_or(MISSING)));
    }
    Some((codes, words.into_iter().map(str::to_owned).collect()))
}

fn keys_of(chunk: &ArrayRef) -> Option<(Vec<u32>, Strings)> {
    let array = chunk.as_any_dictionary_opt()?;
    let (keys, values) = (array.keys(), strings(array.values())?);
    if values.is_empty() {
        return Some((vec![MISSING; keys.len()], values));
    }
    let key = |(row, key): (usize, usize)| if keys.is_valid(row) { key as u32 } else { MISSING };
    Some((array.normalized_keys().into_iter().enumerate().map(key).collect(), values))
}
