import { Card } from "./card";

function Title({ text, onClick }) {
  onClick();
  return <h1>{text}</h1>;
}
function clicked() {}

export default function App() {
  return (
    <Card header={<Title text="x" onClick={clicked} />}>
      <Title onClick={() => clicked()} />
    </Card>
  );
}
App();
