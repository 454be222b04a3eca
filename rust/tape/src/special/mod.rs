//! Special functions of one real argument (and a few of two).
