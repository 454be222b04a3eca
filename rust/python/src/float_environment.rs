//! The floating-point environment: pyframe and the functions it calls compute with IEEE
//! defaults, whatever the caller or a library has set, and the caller gets back what it had.
//!
//! The environment is a control word of the thread: direction of rounding, flushing of
//! subnormals to zero, exceptions that trap.  A shared library built for fast mathematics
//! may change it for a whole process.  A word is written only where it differs, so that a
//! call whose environment is as it should be pays for reading it alone.

use word::{Word, control, is_standard};

/// IEEE defaults, from here until it is dropped.
pub struct Standard {
    before: Word,
}

impl Standard {
    /// Keep what the caller has set and compute with the defaults.
    #[inline]
    pub fn enter() -> Self {
        let before = control();
        if !is_standard(before) {
            word::standard();
        }
        Self { before }
    }
}

impl Drop for Standard {
    #[inline]
    fn drop(&mut self) {
        if control() != self.before {
            word::set(self.before);
        }
    }
}

/// Back to the defaults after code that may have changed them.
#[inline]
pub fn renew() {
    if !word::is_intact() {
        word::standard();
    }
}

/// Run Python code, and go back to the defaults if it changed them.
#[inline]
pub fn kept<T>(body: impl FnOnce() -> T) -> T {
    let answer = body();
    renew();
    answer
}

/// The control words of SSE (MXCSR) and of the x87 unit, which `long double` uses.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "no stable function reads or writes control words")]
mod word {
    use std::arch::asm;

    /// MXCSR without the flags of exceptions that happened, and the x87 control word.
    pub type Word = (u32, u16);

    /// Flags that record exceptions: no part of the environment that is kept.
    const FLAGS: u32 = 0x3f;
    /// Round to nearest, keep subnormals, trap nothing.
    const SSE: u32 = 0x1f80;
    /// The bits of the x87 control word that let exceptions pass without a trap, and those
    /// of rounding, which are 0 for rounding to nearest.
    const MASKS: u16 = 0x003f;
    const ROUNDING: u16 = 0x0c00;

    #[inline]
    fn mxcsr() -> u32 {
        let mut word = 0_u32;
        // SAFETY: stmxcsr stores four bytes at the address of a live u32.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags)) }
        word
    }

    #[inline]
    pub fn control() -> Word {
        let mut x87 = 0_u16;
        // SAFETY: fnstcw stores two bytes at the address of a live u16.
        unsafe { asm!("fnstcw [{}]", in(reg) &raw mut x87, options(nostack, preserves_flags)) }
        (mxcsr() & !FLAGS, x87)
    }

    #[inline]
    pub fn is_standard((sse, x87): Word) -> bool {
        sse == SSE && x87 & (MASKS | ROUNDING) == MASKS
    }

    /// Whether the word that Rust computes with is as it should be.
    #[inline]
    pub fn is_intact() -> bool {
        mxcsr() & !FLAGS == SSE
    }

    #[cold]
    pub fn standard() {
        set((SSE, control().1 & !ROUNDING | MASKS));
    }

    #[cold]
    pub fn set((sse, x87): Word) {
        let sse = sse | (mxcsr() & FLAGS);
        if x87 & MASKS != MASKS {
            // An exception recorded while it was masked would trap at the next instruction.
            // SAFETY: fnclex clears the exception flags of the x87 status word only.
            unsafe { asm!("fnclex", options(nomem, nostack)) }
        }
        // SAFETY: both instructions load a control word from a live integer, and both words
        // come from the processor, or differ from such a word in bits that are defined.
        // Rust computes with the defaults only: other words are written when a call ends.
        unsafe {
            asm!("ldmxcsr [{}]", "fldcw [{}]", in(reg) &raw const sse, in(reg) &raw const x87, options(nostack));
        }
    }
}

/// The control register FPCR.
#[cfg(target_arch = "aarch64")]
#[expect(unsafe_code, reason = "no stable function reads or writes control words")]
mod word {
    use std::arch::asm;

    /// Direction of rounding, flushing of subnormals, traps.
    pub type Word = u64;

    #[inline]
    pub fn control() -> Word {
        let word;
        // SAFETY: reading FPCR has no effect.
        unsafe { asm!("mrs {}, fpcr", out(reg) word, options(nomem, nostack, preserves_flags)) }
        word
    }

    #[inline]
    pub fn is_standard(word: Word) -> bool {
        word == 0
    }

    #[inline]
    pub fn is_intact() -> bool {
        is_standard(control())
    }

    #[cold]
    pub fn standard() {
        set(0);
    }

    #[cold]
    pub fn set(word: Word) {
        // SAFETY: the word is zero or was read from FPCR, so no reserved bit is set.
        // Rust computes with the defaults only: other words are written when a call ends.
        unsafe { asm!("msr fpcr, {}", in(reg) word, options(nostack, preserves_flags)) }
    }
}

/// Other processors keep what they have.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod word {
    pub type Word = ();

    pub fn control() -> Word {}

    pub fn is_standard(_: Word) -> bool {
        true
    }

    pub fn is_intact() -> bool {
        true
    }

    pub fn standard() {}

    pub fn set(_: Word) {}
}
