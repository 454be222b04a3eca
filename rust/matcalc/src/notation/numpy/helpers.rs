//! Functions that NumPy and SciPy do not have under one name.

/// Names and definitions.
pub(super) const HELPERS: [(&str, &str); 8] = [
    (
        "cofactor",
        "\
def cofactor(X):
    U, s, Vt = np.linalg.svd(X)
    others = np.array([np.prod(np.delete(s, k)) for k in range(len(s))])
    return np.linalg.det(U) * np.linalg.det(Vt) * ((U * others) @ Vt)
",
    ),
    (
        "polar",
        "\
def polar(X):
    U, _, Vt = np.linalg.svd(X, full_matrices=False)
    return U @ Vt
",
    ),
    (
        "leading",
        "\
def leading(X):
    U, _, Vt = np.linalg.svd(X, full_matrices=False)
    return np.outer(U[:, 0], Vt[0])
",
    ),
    (
        "projector",
        "\
def projector(A, k):
    _, V = np.linalg.eigh(A)
    return np.outer(V[:, k], V[:, k])
",
    ),
    (
        "resolvent",
        "\
def resolvent(A, k):
    w, V = np.linalg.eigh(A)
    gaps = w[k] - w
    gaps[k] = np.inf
    return (V / gaps) @ V.T
",
    ),
    (
        "dexpm",
        "\
def dexpm(A, *directions):
    n = len(A)
    for T in directions:
        T = np.kron(np.eye(len(A) // n), T)
        A = np.block([[A, T], [np.zeros_like(A), A]])
    return scipy.linalg.expm(A)[:n, -n:]
",
    ),
    (
        "shared_among",
        "\
def shared_among(at):
    return at / np.sum(at)
",
    ),
    (
        "toeplitz",
        "\
def toeplitz(X):
    n = len(X)
    means = np.array([np.mean(np.diag(X, k)) for k in range(1 - n, n)])
    return means[np.arange(n) - np.arange(n)[:, None] + n - 1]
",
    ),
];
