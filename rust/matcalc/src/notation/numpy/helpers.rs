//! Functions that NumPy and SciPy do not have under one name.

/// Names and definitions.
pub(super) const HELPERS: [(&str, &str); 12] = [
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
        "dcof",
        "\
def dcof(X, E):
    U, s, Vt = np.linalg.svd(X)
    E = U.T @ E @ Vt.T
    others = [[np.prod(np.delete(s, [i, j])) for j in range(len(s))] for i in range(len(s))]
    others = np.reshape(others, X.shape)
    np.fill_diagonal(others, 0)
    M = np.diag(others @ np.diag(E)) - others * E.T
    return np.linalg.det(U) * np.linalg.det(Vt) * (U @ M @ Vt)
",
    ),
    (
        "dcof_along",
        "\
def dcof_along(X, *directions):
    n = len(X)
    C = np.zeros((n, n))
    for i, *rows in np.ndindex(*[n] * (1 + len(directions))):
        if len({i, *rows}) > len(directions):
            Y = np.tile(X, (n, 1, 1))
            for row, T in zip(rows, directions):
                Y[:, row] = T[row]
            Y[:, i] = np.eye(n)
            C[i] += np.linalg.det(Y)
    return C
",
    ),
    (
        "polar",
        "\
def polar(X):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    return (U * np.sign(s)) @ Vt
",
    ),
    (
        "leading",
        "\
def leading(X):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    return (U[:, :1] * np.sign(s[:1])) @ Vt[:1]
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
        T = np.kron(np.eye(len(A) // max(n, 1)), T)
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
        "softmax",
        "\
def softmax(x):
    largest = np.max(x, initial=-np.inf)
    powers = np.exp(x - largest) if largest != -np.inf else np.zeros_like(x)
    return powers / (np.sum(powers) or 1)
",
    ),
    (
        "rowsoftmax",
        "\
def rowsoftmax(X):
    largest = np.max(X, axis=1, keepdims=True, initial=-np.inf)
    powers = np.exp(X - np.where(largest == -np.inf, 0, largest))
    total = np.sum(powers, axis=1, keepdims=True)
    return powers / np.where(total == 0, 1, total)
",
    ),
    (
        "toeplitz",
        "\
def toeplitz(X):
    if X.size == 0:
        return X
    m, n = X.shape
    means = np.array([np.mean(np.diag(X, k)) for k in range(1 - m, n)])
    return means[np.arange(n) - np.arange(m)[:, None] + m - 1]
",
    ),
];
