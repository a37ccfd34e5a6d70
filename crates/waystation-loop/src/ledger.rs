//! Who is here, by number: values under numbers that rise and are never reused.
//!
//! A handle holds its number and no pointer, so that a stale handle finds nothing. Rows whose value
//! was taken out are trimmed at both ends at once and compacted when they are more than half, so
//! that each operation is O(1), amortised (a look-up after a compaction is a binary search), and
//! memory stays in proportion to what is there.

use std::collections::VecDeque;

/// Up to this many places are kept once they were needed.
pub(crate) const KEPT: usize = 1024;

#[derive(Debug)]
struct Row<T> {
    number: u64,
    value: Option<T>,
}

/// Values in the order in which they came. The first and the last row always hold one.
#[derive(Debug)]
pub(crate) struct Ledger<T> {
    rows: VecDeque<Row<T>>,
    next: u64,
    gone: usize,
}

impl<T> Ledger<T> {
    pub(crate) const fn new() -> Self {
        Self {
            rows: VecDeque::new(),
            next: 0,
            gone: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len() - self.gone
    }

    /// The number that the next value gets.
    #[inline]
    pub(crate) fn next_number(&self) -> u64 {
        self.next
    }

    #[inline]
    pub(crate) fn push(&mut self, value: T) -> u64 {
        let number = self.next;
        self.rows.push_back(Row {
            number,
            value: Some(value),
        });
        self.next += 1;
        number
    }

    pub(crate) fn get(&self, number: u64) -> Option<&T> {
        self.rows[self.find(number)?].value.as_ref()
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let index = self.find(number)?;
        self.rows[index].value.as_mut()
    }

    /// Takes a value out. It is returned, to be dropped where foreign code may run.
    #[inline]
    pub(crate) fn remove(&mut self, number: u64) -> Option<T> {
        let index = self.find(number)?;
        let value = self.rows[index].value.take()?;
        self.gone += 1;
        self.tidy();
        Some(value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        self.rows
            .iter()
            .filter_map(|row| Some((row.number, row.value.as_ref()?)))
    }

    /// Takes everything out, in order.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = T> + use<T> {
        self.gone = 0;
        std::mem::take(&mut self.rows)
            .into_iter()
            .filter_map(|row| row.value)
    }

    /// Numbers rise without gaps until a compaction, so that the distance from the front is the
    /// index, or lies behind it.
    #[inline]
    fn find(&self, number: u64) -> Option<usize> {
        let distance = number.checked_sub(self.rows.front()?.number)?;
        let last = self.rows.len() - 1;
        let guess = usize::try_from(distance).map_or(last, |index| index.min(last));
        if self.rows[guess].number == number {
            return Some(guess);
        }
        self.rows
            .binary_search_by_key(&number, |row| row.number)
            .ok()
    }

    #[inline]
    fn tidy(&mut self) {
        while self.rows.front().is_some_and(|row| row.value.is_none()) {
            self.rows.pop_front();
            self.gone -= 1;
        }
        while self.rows.back().is_some_and(|row| row.value.is_none()) {
            self.rows.pop_back();
            self.gone -= 1;
        }
        if self.gone > 16 && self.gone > self.rows.len() / 2 {
            self.rows.retain(|row| row.value.is_some());
            self.gone = 0;
        }
        let capacity = self.rows.capacity();
        if capacity > KEPT && self.rows.len() < capacity / 8 {
            self.rows.shrink_to(2 * self.rows.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_ledger_is_a_map_of_numbers(script in proptest::collection::vec((any::<bool>(), 0usize..64), 0..400)) {
            let mut ledger = Ledger::new();
            let mut model = BTreeMap::new();
            for (push, choice) in script {
                if push {
                    let number = ledger.push(choice);
                    prop_assert_eq!(model.insert(number, choice), None);
                } else {
                    let number = choice as u64;
                    prop_assert_eq!(ledger.get(number), model.get(&number));
                    prop_assert_eq!(ledger.get_mut(number).copied(), model.get(&number).copied());
                    prop_assert_eq!(ledger.remove(number), model.remove(&number));
                }
                prop_assert_eq!(ledger.len(), model.len());
                prop_assert!(ledger.iter().eq(model.iter().map(|(number, value)| (*number, value))));
            }
            prop_assert!(ledger.take_all().eq(model.into_values()));
            prop_assert_eq!(ledger.len(), 0);
        }
    }

    #[test]
    fn memory_follows_what_is_there() {
        let mut ledger = Ledger::new();
        let survivor = ledger.push(0);
        for n in 1..100_000 {
            let number = ledger.push(n);
            assert_eq!(ledger.remove(number), Some(n));
        }
        assert!(ledger.rows.capacity() <= KEPT);
        let numbers: Vec<u64> = (0..100_000).map(|n| ledger.push(n)).collect();
        for number in numbers {
            ledger.remove(number);
        }
        assert!(ledger.rows.capacity() <= KEPT, "{}", ledger.rows.capacity());
        assert_eq!(ledger.get(survivor), Some(&0));
    }
}
