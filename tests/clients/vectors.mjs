import assert from 'node:assert/strict';

export const model = 'all-minilm';

/** The same vectors, but for what a decimal spelling or a batch of another shape changes. */
export function assertSame(actual, expected, tolerance = 1e-5) {
    assert.equal(actual.length, expected.length);
    for (const [i, vector] of expected.entries()) {
        assert.equal(actual[i].length, vector.length);
        const worst = Math.max(...vector.map((value, j) => Math.abs(value - actual[i][j])));
        assert.ok(worst <= tolerance, `vector ${i} is off by ${worst}`);
    }
}

export const norm = vector => Math.hypot(...vector);

/** Over everybody's limit. */
export const longText = Array.from({ length: 10_000 }, (_, i) => `word${i}`).join(' ');
