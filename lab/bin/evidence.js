import '../dist/evidence/main.js';
