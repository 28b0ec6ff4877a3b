export const Card = ({ header, children }) => <div>{header}{children}</div>;
